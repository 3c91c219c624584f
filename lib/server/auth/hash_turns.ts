/**
 * Decides whose password is hashed next. One is hashed at a time, which leaves the other core to everything else, and
 * the addresses that wait take turns: an address waits for one try of each other address, however many those made.
 */
import { Refusal } from "../../protocol/errors.ts";
import { networkOf } from "./network.ts";

const ADDRESS_WAITING_MAX = 100; // of one address; at ten a second the last of them waits as long as anybody would
const WAITING_MAX = 400; // in all
const WAIT_MAX_MS = 10_000;
const RETRY_MS = 2_000;

export interface HashTurns {
  /**
   * Runs a job when it is its address's turn. Throws what the job throws, and `Refusal`: rate_limited while too many of
   * this address wait; unavailable after 10 s, while too many wait in all, and once closed.
   */
  take<T>(who: { address: string; verb: string }, job: () => Promise<T>): Promise<T>;
  /** Refuses those who wait, and all who come later. The job that is running ends as usual. */
  close(): void;
}

interface Waiting {
  begin(): void;
  refuse(why: Refusal): void;
}

export function createHashTurns({ waitMaxMs = WAIT_MAX_MS }: { waitMaxMs?: number } = {}): HashTurns {
  /** Waiting jobs by address, in the order of turns; without addresses that have none. */
  const queues = new Map<string, Set<Waiting>>();
  let count = 0;
  let isBusy = false;
  let isClosed = false;

  function leave(address: string, one: Waiting): void {
    const queue = queues.get(address);
    if (!queue?.delete(one)) return;
    count--;
    if (queue.size === 0) queues.delete(address);
  }

  function next(): void {
    for (const [address, queue] of queues) {
      for (const one of queue) {
        leave(address, one);
        if (queues.delete(address)) queues.set(address, queue); // behind the others
        return one.begin();
      }
    }
    isBusy = false;
  }

  /** The last in the longest queue makes room, so that those who fill the queue are the ones who miss it. */
  function makeRoom(): void {
    let longest: [string, Set<Waiting>] | undefined;
    for (const queue of queues) if (!longest || queue[1].size > longest[1].size) longest = queue;
    const last = longest && [...longest[1]].at(-1);
    if (!longest || !last) return;
    leave(longest[0], last);
    last.refuse(busy());
  }

  async function turn(address: string, verb: string): Promise<void> {
    if (isClosed) throw restarting(verb);
    if (!isBusy) {
      isBusy = true;
      return;
    }
    const queue = queues.get(address) ?? new Set();
    if (queue.size >= ADDRESS_WAITING_MAX) {
      throw new Refusal("rate_limited", `Cannot ${verb}: too many from your address are waiting`, {
        retryAfter: RETRY_MS,
      });
    }
    if (count >= WAITING_MAX) makeRoom();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = { begin: resolve, refuse: reject };
    queues.set(address, queue.add(one));
    count++;
    const timer = setTimeout(() => {
      leave(address, one);
      reject(busy());
    }, waitMaxMs);
    try {
      await promise;
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    async take({ address, verb }, job) {
      await turn(networkOf(address), verb);
      try {
        return await job();
      } finally {
        next();
      }
    },
    close() {
      isClosed = true;
      for (const [address, queue] of queues) {
        for (const one of queue) {
          leave(address, one);
          one.refuse(restarting("do that now"));
        }
      }
    },
  };
}

function busy(): Refusal {
  return new Refusal("unavailable", "Cannot check password: too many are being checked", { retryAfter: RETRY_MS });
}

function restarting(verb: string): Refusal {
  return new Refusal("unavailable", `Cannot ${verb}: the server is restarting`);
}
