/**
 * Whose password is hashed next. One is hashed at a time, which leaves the other core to everything else, and the
 * addresses that wait take turns: however many tries come from one, another waits for one of them, not for all.
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
  /** Refuses those who wait, and all who come. The job under way ends as it would have. */
  close(): void;
}

interface Waiting {
  begin(): void;
  refuse(why: Refusal): void;
}

export function createHashTurns({ waitMaxMs = WAIT_MAX_MS }: { waitMaxMs?: number } = {}): HashTurns {
  /** By address, in the order of turns. An address without anybody who waits is not in it. */
  const lines = new Map<string, Set<Waiting>>();
  let count = 0;
  let isBusy = false;
  let isClosed = false;

  function leave(address: string, one: Waiting): void {
    const line = lines.get(address);
    if (!line?.delete(one)) return;
    count--;
    if (line.size === 0) lines.delete(address);
  }

  function next(): void {
    for (const [address, line] of lines) {
      for (const one of line) {
        leave(address, one);
        if (lines.delete(address)) lines.set(address, line); // behind the others
        return one.begin();
      }
    }
    isBusy = false;
  }

  /** The last of the longest line makes room, so that those who fill the queue are the ones who miss it. */
  function makeRoom(): void {
    let longest: [string, Set<Waiting>] | undefined;
    for (const line of lines) if (!longest || line[1].size > longest[1].size) longest = line;
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
    const line = lines.get(address) ?? new Set();
    if (line.size >= ADDRESS_WAITING_MAX) {
      throw new Refusal("rate_limited", `Cannot ${verb}: too many from your address are waiting`, {
        retryAfter: RETRY_MS,
      });
    }
    if (count >= WAITING_MAX) makeRoom();
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const one = { begin: resolve, refuse: reject };
    lines.set(address, line.add(one));
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
      for (const [address, line] of lines) {
        for (const one of line) {
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
