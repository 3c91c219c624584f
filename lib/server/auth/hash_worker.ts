/** Hashes passwords in one worker, off the event loop. */
import { createSupervisedWorker, NoWorker, WorkerLost } from "../limits/worker.ts";
import { Refusal } from "../../protocol/errors.ts";
import { type Argon2id, argon2id, type Hashed } from "./argon2.ts";

const HASH_DEADLINE_MS = 20_000; // a hash takes a tenth of a second; the first one waits for the worker too
const RETRY_MS = 2_000;
const IDLE_MS = 60_000; // idle; a worker holds 50 MB, and another one starts in half a second

export interface ToHash {
  password: string;
  phc: string | undefined;
}

export interface HashWorker {
  /** Throws `Refusal("unavailable")` if two workers in a row did not answer. */
  argon2id: Argon2id;
  /** Ends the worker. A hash under way is not answered. */
  close(): void;
}

/**
 * `entry` is the worker's script. The worker starts with the first hash, and ends when none comes for a minute. If the
 * runtime has no workers or can't read the script, hashes are made on this thread.
 */
export function createHashWorker(
  { entry, deadlineMs = HASH_DEADLINE_MS, idleMs = IDLE_MS }: { entry: URL; deadlineMs?: number; idleMs?: number },
): HashWorker {
  const worker = createSupervisedWorker<ToHash, Hashed>({ entry, does: "hashes passwords", deadlineMs, idleMs });
  return {
    async argon2id(password, phc) {
      try {
        return await worker.ask({ password, phc });
      } catch (error) {
        if (error instanceof NoWorker) return await argon2id(password, phc);
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
