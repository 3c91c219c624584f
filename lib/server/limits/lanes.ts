/** Runs one piece of work at a time, of each person in turn, so that a person waits for one piece of each other. */
import { TooMany } from "./slots.ts";

export interface Lanes {
  /** Runs `work` when it is the person's turn; gives what it gives. Throws `TooMany` where too much waits already. */
  run<T>(person: string, work: () => Promise<T>): Promise<T>;
}

/** `waitingMax` bounds the waiting work of all people together. */
export function createLanes({ waitingMax }: { waitingMax: number }): Lanes {
  /** Waiting work by person, in the order of turns; without people who have none. */
  const lanes = new Map<string, (() => void)[]>();
  let count = 0;
  let isBusy = false;

  function next(): void {
    for (const [person, lane] of lanes) {
      const begin = lane.shift();
      lanes.delete(person);
      if (lane.length > 0) lanes.set(person, lane); // behind the others
      count--;
      return begin?.();
    }
    isBusy = false;
  }

  return {
    async run(person, work) {
      if (isBusy) {
        if (count >= waitingMax) throw new TooMany("Too much is waiting");
        count++;
        await new Promise<void>((begin) => {
          const lane = lanes.get(person);
          if (lane) lane.push(begin);
          else lanes.set(person, [begin]);
        });
      }
      isBusy = true;
      try {
        return await work();
      } finally {
        next();
      }
    },
  };
}
