/** Hashes passwords in one worker, off the event loop. */
import { createWorkerLine, NoWorker, type Question, type Said, WorkerLost } from "../limits/worker.ts";
import { Refusal } from "../../protocol/errors.ts";
import { type Argon2Cost, argon2id, type Derive } from "./argon2.ts";

const HASH_DEADLINE_MS = 20_000; // a hash takes a tenth of a second; the first one waits for the worker too
const RETRY_MS = 2_000;
const IDLE_MS = 60_000; // idle; a worker holds 50 MB, and another one starts in half a second

export interface ToHash {
  password: string;
  salt: Uint8Array<ArrayBuffer>;
  cost: Argon2Cost;
  bytes: number;
}

export type HashRequest = Question<ToHash>;
export type HashAnswer = Said<Uint8Array>;

export interface HashWorker {
  /** Throws `Refusal("unavailable")` where two workers in a row did not answer. */
  derive: Derive;
  /** Ends the worker. A hash under way is not answered. */
  close(): void;
}

/**
 * `entry` is the worker's script. The worker begins with the first hash, and ends when none comes for a minute. Where the runtime has no workers or can't read
 * the script, hashes are made on this thread.
 */
export function createHashWorker(
  { entry, deadlineMs = HASH_DEADLINE_MS, idleMs = IDLE_MS }: { entry: URL; deadlineMs?: number; idleMs?: number },
): HashWorker {
  const worker = createWorkerLine<ToHash, Uint8Array>({ entry, does: "hashes passwords", deadlineMs, idleMs });
  return {
    async derive(password, salt, cost, bytes) {
      try {
        return await worker.ask({ password, salt, cost, bytes });
      } catch (error) {
        if (error instanceof NoWorker) return await argon2id(password, salt, cost, bytes);
        if (error instanceof WorkerLost) throw tooLong();
        throw error;
      }
    },
    close: worker.close,
  };
}

function tooLong(): Refusal {
  return new Refusal("unavailable", "Cannot check password: it took too long", { retryAfter: RETRY_MS });
}
