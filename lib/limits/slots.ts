/** So many pieces of one person's work at a time; the others wait in the order in which they came. */

export interface Slots {
  /** Runs `work` when the person has a slot; gives what it gives. Throws `TooMany` where too many wait already. */
  run<T>(person: string, work: () => Promise<T>): Promise<T>;
}

/** Thrown where more would wait than may. */
export class TooMany extends Error {
  override name = "TooMany";
}

interface Person {
  running: number;
  waiting: (() => void)[];
}

export function createSlots({ atOnce, waitingMax }: { atOnce: number; waitingMax: number }): Slots {
  const people = new Map<string, Person>();

  /** Hands the slot to who waits, or gives it back. */
  function leave(id: string, person: Person): void {
    const next = person.waiting.shift();
    if (next) return next();
    if (--person.running === 0) people.delete(id);
  }

  return {
    async run(id, work) {
      const person = people.get(id) ?? { running: 0, waiting: [] };
      people.set(id, person);
      if (person.running < atOnce) person.running++;
      else if (person.waiting.length >= waitingMax) throw new TooMany("Too much is under way");
      else await new Promise<void>((resolve) => person.waiting.push(resolve));
      try {
        return await work();
      } finally {
        leave(id, person);
      }
    },
  };
}
