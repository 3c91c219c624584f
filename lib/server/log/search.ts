/**
 * Looks for the outcome of a commit whose answer is late or lost, until it is known: whoever follows its streams must
 * learn of what landed, however late it did. Until then nothing else is written to these streams by this process.
 */
import { type Database, StorageUnavailable, type Write } from "../kv/database.ts";
import { setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import type { HeadEntry, Heads } from "./heads.ts";
import { readAfter } from "./segments.ts";

const RETRY_FIRST_MS = 20; // between the first two attempts; it doubles each time, up to the maximum
const RETRY_MAX_MS = 1_000; // followers learn of what landed within 2 s of storage's answering again
/** Attempts for one commit at once, since each stays in memory while storage hangs; older ones don't count. */
const ATTEMPTS_MAX = 4;
const ATTEMPT_OLD_MS = 30_000;

/** The versionstamp is unknown of a commit whose answer was lost: its heads may have moved on since. */
export type Outcome = { landed: string | undefined } | { refused: true } | { failed: unknown };

/** A commit whose outcome is not known. */
export interface Unknown {
  write: Write;
  /** The fence that it checks, where there is one. */
  fence: Deno.AtomicCheck | undefined;
  /** One of the streams whose heads it checks, and its head as of the check. */
  stream: string;
  base: HeadEntry;
  /** The seq in that stream where the batch's id stands once it has landed; undefined where it appends nothing. */
  seq: number | undefined;
  id: string;
  /** What storage was asked for it, where it may still answer. */
  answer: Promise<unknown> | undefined;
  /** Whether somebody still waits for it: then it is tried again. */
  isWanted(): boolean;
}

export interface Search {
  /** Resolves once the outcome is known; with `failed` where storage refuses for good, or the search is closed. */
  find(unknown: Unknown): Promise<Outcome>;
  close(): void;
}

export function createSearch({ db, heads }: { db: Database; heads: Heads }): Search {
  const closing = new AbortController();

  async function find(unknown: Unknown): Promise<Outcome> {
    const { promise, resolve } = Promise.withResolvers<Outcome>();
    let isKnown = false;
    const know = (outcome: Outcome | undefined) => {
      if (!outcome) return;
      isKnown = true;
      resolve(outcome);
    };
    unknown.answer?.then((versionstamp) => know(landedAt(versionstamp)), () => {});
    const attempts = new Map<number, number>(); // when each attempt under way began
    for (let tries = 0; !isKnown; tries++) {
      if (closing.signal.aborted) return { failed: new StorageUnavailable("the database was closed") };
      const isWanted = unknown.isWanted();
      const now = performance.now();
      if ([...attempts.values()].filter((began) => now - began < ATTEMPT_OLD_MS).length < ATTEMPTS_MAX) {
        attempts.set(tries, now);
        tryOnce(unknown, isWanted).then(know, (error) => failed(error, know)).finally(() => attempts.delete(tries));
      }
      await waited(promise, tries, closing.signal);
    }
    return await promise;
  }

  /** Undefined where nothing is known yet. Throws what storage throws. */
  async function tryOnce(unknown: Unknown, isWanted: boolean): Promise<Outcome | undefined> {
    const { write, fence, stream, base } = unknown;
    const found = await read(unknown);
    if (found) return found;
    // What nobody waits for any more must not be done for the first time now. It may still be on its way, and lands
    // nowhere once the head that it checks has another versionstamp.
    const check = { key: keys.head(stream), versionstamp: base.versionstamp };
    const bar: Write = { checks: [check, ...fence ? [fence] : []], sets: [setAt(keys.head(stream), base.head)] };
    const versionstamp = await answered(db.commit(isWanted ? write : bar));
    if (typeof versionstamp !== "string") return await read(unknown) ?? { refused: true };
    if (isWanted) return { landed: versionstamp };
    heads.landed(stream, { head: base.head, versionstamp });
    return { refused: true };
  }

  /** Looks at the head: while it is still the one that the commit checks, the outcome is unknown. */
  async function read({ stream, base, seq, id }: Unknown): Promise<Outcome | undefined> {
    const [now] = await heads.read([stream]);
    if (!now || now.versionstamp === base.versionstamp) return undefined;
    if (seq === undefined) return { refused: true };
    const [event] = await readAfter(db, stream, now.head, seq - 1, 1);
    return event?.seq === seq && event.batch === id ? { landed: undefined } : { refused: true };
  }

  return { find, close: () => closing.abort() };
}

/** A call's answer, however late it comes. */
async function answered<T>(call: Promise<T>): Promise<unknown> {
  try {
    return await call;
  } catch (error) {
    if (!(error instanceof StorageUnavailable) || !error.answer) throw error;
    return await error.answer.catch(() => {
      throw error;
    });
  }
}

function landedAt(versionstamp: unknown): Outcome | undefined {
  return typeof versionstamp === "string" ? { landed: versionstamp } : undefined;
}

/** An attempt failed. It ends only once storage has answered, so that attempts don't pile up while storage hangs. */
async function failed(error: unknown, know: (outcome: Outcome) => void): Promise<void> {
  if (!(error instanceof StorageUnavailable)) return know({ failed: error });
  await error.answer?.catch(() => {});
}

/** Resolves when it is time for the next attempt, or none is needed. */
async function waited(known: Promise<unknown>, tries: number, closing: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const span = Math.min(RETRY_MAX_MS, RETRY_FIRST_MS * 2 ** tries);
  const timer = setTimeout(resolve, span / 2 + Math.random() * span / 2);
  const end = () => resolve();
  closing.addEventListener("abort", end);
  await Promise.race([known, promise]);
  closing.removeEventListener("abort", end);
  clearTimeout(timer);
}
