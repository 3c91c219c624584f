/** One worker for work that would block the event loop: starts when asked, ends when idle, is replaced if it hangs. */
import { getLogger } from "@logtape/logtape";

const TRIES = 2; // of one question, because a question that killed a worker may kill the next

const log = getLogger(["rivulet", "worker"]);

export interface Question<Q> {
  id: number;
  question: Q;
}

/** What a worker says: first that it has begun, then an answer to each question. */
export type Said<A> = { ready: true } | { id: number; answer: A };

export interface SupervisedWorker<Q, A> {
  /**
   * Asks the worker. Throws `NoWorker`, and `WorkerLost` if two in a row died, if one hung, and once closed. The
   * deadline counts from the call, also while the worker is busy with another question.
   */
  ask(question: Q): Promise<A>;
  /** Ends the worker. Questions under way are not answered. */
  close(): void;
}

export interface WorkerOptions {
  /** The worker's script. */
  entry: URL;
  /** What it does, for the log: "hashes passwords". */
  does: string;
  /** The deadline of one answer; the first one also waits for the worker to start. */
  deadlineMs: number;
  idleMs: number;
}

/** A worker that ended, or was ended, before it answered. */
export class WorkerLost extends Error {
  override name = "WorkerLost";
}

/** The runtime has no workers, or can't run the script. */
export class NoWorker extends Error {
  override name = "NoWorker";
}

class WorkerHung extends WorkerLost {}

/** `Q` and `A` are what can be cloned into another thread. */
export function createSupervisedWorker<Q, A>(
  { entry, does, deadlineMs, idleMs }: WorkerOptions,
): SupervisedWorker<Q, A> {
  const waiting = new Map<number, PromiseWithResolvers<A>>();
  let worker: Worker | undefined;
  let isPossible = true;
  let isClosed = false;
  let lastId = 0;
  let idle: ReturnType<typeof setTimeout> | undefined;

  function begin(): Worker {
    const begun = new Worker(entry, { type: "module" });
    let isReady = false;
    begun.addEventListener("message", ({ data }: MessageEvent<Said<A>>) => {
      if ("ready" in data) isReady = true;
      else waiting.get(data.id)?.resolve(data.answer);
    });
    begun.addEventListener("error", (event) => {
      event.preventDefault(); // otherwise it becomes an uncaught error of this thread
      if (begun !== worker) return;
      if (isReady) log.error("The worker that {does} died: {reason}", { does, reason: event.message });
      else giveUp(event.message);
      end(new WorkerLost(event.message));
    });
    return begun;
  }

  function giveUp(reason: string): void {
    isPossible = false;
    log.warn("No worker that {does} can be had, so the main thread does that: {reason}", { does, reason });
  }

  function end(why: WorkerLost): void {
    clearTimeout(idle);
    worker?.terminate();
    worker = undefined;
    for (const { reject } of waiting.values()) reject(why);
  }

  async function answerOf(from: Worker, question: Q): Promise<A> {
    const id = ++lastId;
    const answer = Promise.withResolvers<A>();
    waiting.set(id, answer);
    clearTimeout(idle);
    const timer = setTimeout(() => {
      log.error("The worker that {does} hung", { does });
      answer.reject(new WorkerHung("It hung")); // It is not tried again, so that nobody waits twice as long.
      end(new WorkerLost("It hung"));
    }, deadlineMs);
    try {
      from.postMessage({ id, question } satisfies Question<Q>);
      return await answer.promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
      if (waiting.size === 0 && !isClosed) idle = setTimeout(() => end(new WorkerLost("It was idle")), idleMs);
    }
  }

  return {
    async ask(question) {
      for (let tries = 0; isPossible && !isClosed && tries < TRIES; tries++) {
        try {
          worker ??= begin();
          return await answerOf(worker, question);
        } catch (error) {
          if (error instanceof WorkerHung) throw error;
          if (!(error instanceof WorkerLost)) giveUp(String(error)); // `new Worker` threw
        }
      }
      throw isPossible ? new WorkerLost("No worker answered") : new NoWorker("No worker can be had");
    },
    close() {
      isClosed = true;
      end(new WorkerLost("It was closed"));
    },
  };
}
