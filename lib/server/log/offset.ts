/** Offsets: `<epoch>_<seq, 16 digits>_<tag>`. Those of a stream sort as text (lib/server/log/README.md, The log). */

const SEQ_DIGITS = 16;
const PATTERN = /^([A-Za-z0-9]{1,24})_(\d{16})_([A-Za-z0-9]{4})$/;
const TAG_LETTERS = "ABCDEFGHJKMNPQRSTVWXYZabcdefghjkmnpqrstvwxyz0123456789";
const TAG_LENGTH = 4;
const BATCH_LENGTH = 12;
const EPOCH_LENGTH = 10;

export interface Offset {
  epoch: string;
  seq: number;
  tag: string;
}

export function formatOffset({ epoch, seq, tag }: Offset): string {
  return `${epoch}_${String(seq).padStart(SEQ_DIGITS, "0")}_${tag}`;
}

/** The parts of an offset, or undefined for a text that is none. */
export function parseOffset(text: string): Offset | undefined {
  const match = PATTERN.exec(text);
  if (!match) return undefined;
  const [, epoch = "", seq = "", tag = ""] = match;
  return { epoch, seq: Number(seq), tag };
}

/** Makes tags, batch ids and epochs from a source of random bytes. */
export function createTags(random: (bytes: number) => Uint8Array): {
  tag(): string;
  batch(): string;
  epoch(): string;
} {
  const word = (length: number) => {
    let text = "";
    for (const byte of random(length)) text += TAG_LETTERS[byte % TAG_LETTERS.length];
    return text;
  };
  // One draw serves many tags: a tag is made for every event.
  let pool = "";
  return {
    tag() {
      if (pool.length < TAG_LENGTH) pool = word(TAG_LENGTH * 256);
      const tag = pool.slice(0, TAG_LENGTH);
      pool = pool.slice(TAG_LENGTH);
      return tag;
    },
    batch: () => word(BATCH_LENGTH),
    epoch: () => word(EPOCH_LENGTH),
  };
}
