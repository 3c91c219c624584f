/** Hashes passwords in one worker, off the event loop, and begins another one where it dies or hangs. */
import { getLogger } from "@logtape/logtape";
import { Refusal } from "../protocol/errors.ts";
import { type Argon2Cost, argon2id, type Derive } from "./argon2.ts";

const HASH_DEADLINE_MS = 20_000; // a hash takes a tenth of a second; the first one waits for the worker too
const TRIES = 2; // of one hash: what killed a worker may kill the next
const RETRY_MS = 2_000;
const IDLE_MS = 60_000; // without a hash: a worker holds 50 MB, and half a second brings another

const log = getLogger(["rivulet", "auth"]);

export interface HashRequest {
  id: number;
  password: string;
  salt: Uint8Array<ArrayBuffer>;
  cost: Argon2Cost;
  bytes: number;
}

export type HashAnswer = { ready: true } | { id: number; hash: Uint8Array };

export interface HashWorker {
  /** Throws `Refusal("unavailable")` where two workers in a row did not answer. */
  derive: Derive;
  /** Ends the worker. A hash under way is not answered. */
  close(): void;
}

/** A worker that ended, or was ended, before it answered. */
class WorkerLost extends Error {}

/**
 * `entry` is the worker's script. The worker begins with the first hash, and ends when none comes for a minute. Where the runtime has no workers or can't read
 * the script, hashes are made on this thread.
 */
export function createHashWorker(
  { entry, deadlineMs = HASH_DEADLINE_MS, idleMs = IDLE_MS }: { entry: URL; deadlineMs?: number; idleMs?: number },
): HashWorker {
  const waiting = new Map<number, PromiseWithResolvers<Uint8Array>>();
  let worker: Worker | undefined;
  let isPossible = true;
  let isClosed = false;
  let lastId = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function begin(): Worker {
    const begun = new Worker(entry, { type: "module" });
    let isReady = false;
    begun.addEventListener("message", ({ data }: MessageEvent<HashAnswer>) => {
      if ("ready" in data) isReady = true;
      else waiting.get(data.id)?.resolve(data.hash);
    });
    begun.addEventListener("error", (event) => {
      event.preventDefault(); // else it is this thread's uncaught error too
      if (begun !== worker) return;
      if (isReady) log.error("The worker that hashes passwords died: {reason}", { reason: event.message });
      else giveUp(event.message);
      end(event.message);
    });
    return begun;
  }

  function giveUp(reason: string): void {
    isPossible = false;
    log.warn("Passwords are hashed on the main thread, since no worker can be had: {reason}", { reason });
  }

  function end(reason: string): void {
    clearTimeout(idle);
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(new WorkerLost(reason));
  }

  async function ask(to: Worker, request: Omit<HashRequest, "id">): Promise<Uint8Array> {
    const id = ++lastId;
    const answer = Promise.withResolvers<Uint8Array>();
    waiting.set(id, answer);
    clearTimeout(idle);
    const timer = setTimeout(() => {
      log.error("The worker that hashes passwords hung");
      answer.reject(tooLong()); // not tried again: nobody waits twice as long
      end("it hung");
    }, deadlineMs);
    try {
      to.postMessage({ id, ...request } satisfies HashRequest);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
      if (waiting.size === 0 && !isClosed) idle = setTimeout(() => end("it was idle"), idleMs);
    }
  }

  return {
    async derive(password, salt, cost, bytes) {
      for (let tries = 0; isPossible && !isClosed && tries < TRIES; tries++) {
        try {
          worker ??= begin();
          return await ask(worker, { password, salt, cost, bytes });
        } catch (error) {
          if (error instanceof Refusal) throw error;
          if (!(error instanceof WorkerLost)) giveUp(String(error)); // `new Worker` threw
        }
      }
      if (!isPossible) return await argon2id(password, salt, cost, bytes);
      throw tooLong();
    },
    close() {
      isClosed = true;
      end("the server is closing");
    },
  };
}

function tooLong(): Refusal {
  return new Refusal("unavailable", "Cannot check password: it took too long", { retryAfter: RETRY_MS });
}
