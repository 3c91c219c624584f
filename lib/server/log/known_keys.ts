/**
 * Idempotency keys that are known not to be in use. Where no other process writes, a commit need not check them, so one
 * atomic takes more appends, each for less. Our clients' keys begin with the time
 * (lib/client/connection/random_key.ts), so those that may be new lie side by side: in one range of them, this process
 * holds each one that is in use. The range begins where what it has read or forgotten ends, whatever the clocks say.
 * Keys outside of it are checked by the commit.
 */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";

/** Bytes that the keys held here take at most. */
export const KEYS_BYTES_MAX = 8 * 1024 * 1024;
const ENTRY_BYTES = 64; // of a key beside its text
/** Keys that are read at the start, and how far back they are looked for. */
export const LOADED_MAX = 2_000;
const LOADED_MS = 60_000;
const AHEAD_MS = 60_000; // of this clock, that a client's may be without its keys' being held for longer than others
const TIME_LENGTH = 9; // ms in base 36
const END = "1"; // no time has reached it until the year 2059

export interface KnownKeys {
  /** Reads the newest keys, and knows from then on. No other process may write any more. */
  load(db: Database): Promise<void>;
  /** Those of an append's checks that storage must make. */
  due(checks: Deno.AtomicCheck[]): Deno.AtomicCheck[];
  /** A commit that may put these keys in use is made next. */
  used(checks: Deno.AtomicCheck[]): void;
}

/** Knows nothing until keys are loaded: every check is due. */
export function createKnownKeys({ now, bytesMax = KEYS_BYTES_MAX }: {
  now: () => number;
  bytesMax?: number;
}): KnownKeys {
  let low = END; // the keys between it and the end are known
  let [newer, older] = [new Set<string>(), new Set<string>()];
  let bytes = 0; // of the newer ones

  function isUnused({ key: [kind, key, user], versionstamp }: Deno.AtomicCheck): boolean {
    if (kind !== SENT || versionstamp !== null) return false;
    const text = textOf(key, user);
    return text > low && text < END && !newer.has(text) && !older.has(text);
  }

  function add(text: string): void {
    if (text <= low || text >= END || older.has(text) || newer.has(text)) return;
    newer.add(text);
    bytes += text.length + ENTRY_BYTES;
    if (bytes > bytesMax / 2) forget();
  }

  /** Forgets the older half: what is known begins above it. Keys from clients that are ahead of the clock stay. */
  function forget(): void {
    const ahead = timeText(now() + AHEAD_MS);
    const gone = older;
    [older, newer, bytes] = [newer, new Set(), 0];
    for (const text of gone) {
      if (text > ahead) newer.add(text);
      else if (text > low) low = text;
    }
    for (const text of newer) bytes += text.length + ENTRY_BYTES;
    if (bytes > bytesMax / 4) know(END); // somebody makes such keys on purpose
  }

  /** Forgets all keys; those above `from` are known from now on. */
  function know(from: string): void {
    [low, newer, older, bytes] = [from, new Set(), new Set(), 0];
  }

  return {
    async load(db) {
      const from = timeText(now() - LOADED_MS);
      const range = { start: keys.sent("", from), end: keys.sent("", END) };
      const newest = await db.list(range, { limit: LOADED_MAX, reverse: true });
      const texts = newest.map(({ key: [, key, user] }) => textOf(key, user));
      know(texts.length < LOADED_MAX ? from : texts.at(-1) ?? END);
      for (const text of texts) add(text);
    },
    due: (checks) => checks.filter((check) => !isUnused(check)),
    used(checks) {
      for (const { key: [kind, key, user] } of checks) if (kind === SENT) add(textOf(key, user));
    },
  };
}

const [SENT] = keys.sent("", "");

function textOf(key: unknown, user: unknown): string {
  return `${key}\0${user}`;
}

/** What a key of that time begins with. */
function timeText(ms: number): string {
  return Math.max(0, ms).toString(36).padStart(TIME_LENGTH, "0");
}
