/** The errors of storage. */

const REASON_CHARS_MAX = 300;
const CAUSES_MAX = 4; // errors that each name the next as their cause
const NETWORK = /locked|busy|connect|fetch failed|sending request|reading a body|sqlite|disk I\/O|database/i;
const OUR_BUG = /could not be cloned|Unsupported keyPart/;

/** Thrown by every call that storage didn't answer in time, or can't answer. The work may have been done. */
export class StorageUnavailable extends Error {
  override name = "StorageUnavailable";
  /** `answer` is the pending answer of storage, if one may still come. */
  constructor(message: string, readonly answer?: Promise<unknown>) {
    super(message);
  }
}

/** Thrown by a commit that the disk has no room for. Nothing was written. */
export class StorageFull extends Error {
  override name = "StorageFull";
}

/**
 * What a client of Deno KV threw, as one of these two; or as a TypeError, which is the caller's bug: a value or a
 * commit over KV's limits. A failed `fetch` is a TypeError too, but no bug of ours.
 */
export function toStorageError(error: unknown): unknown {
  if (!(error instanceof Error) || error instanceof StorageUnavailable || error instanceof StorageFull) return error;
  const reason = reasonOf(error);
  // A remote one answers 400 to what the embedded one throws a TypeError for.
  if (/status 400$/.test(reason)) return new TypeError(reason);
  if (/disk is full|no space left/i.test(error.message)) return new StorageFull(reason);
  const isBug = error instanceof TypeError || error instanceof RangeError || error instanceof SyntaxError ||
    OUR_BUG.test(error.message);
  return isBug && !NETWORK.test(error.message) ? error : new StorageUnavailable(reason);
}

/**
 * Why storage failed, on one line: `fetch failed` alone says nothing, so its causes follow. Answers are not quoted,
 * since the metadata of a database holds a token, and an error page may repeat ours.
 */
export function reasonOf(error: Error): string {
  const parts: string[] = [];
  for (let at: unknown = error; at instanceof Error && parts.length < CAUSES_MAX; at = at.cause) {
    const [line = ""] = withoutAnswer(at.message).split("\n");
    if (!parts.includes(line)) parts.push(line);
  }
  return parts.join(": ").slice(0, REASON_CHARS_MAX);
}

function withoutAnswer(message: string): string {
  const [, status] = /response status: (\d+)/.exec(message) ?? [];
  if (status !== undefined) return `the database answered with status ${status}`;
  if (/response content-type/.test(message)) return "the database answered with a page, not as a database does";
  if (/DatabaseMetadata|Unsupported token/.test(message)) return "the database's metadata cannot be used";
  return message.replace(/\/\/[^/@\s]*@/g, "//");
}
