/** Runs so many pieces of one person's work at a time; the others wait in the order in which they came. */

export interface Slots {
  /** Runs `work` when the person has a slot, and returns its result. Throws `TooMany` if too many wait already. */
  run<T>(person: string, work: () => Promise<T>): Promise<T>;
  /** Whether no work of a person is under way. */
  isIdle(person: string): boolean;
}

/** Thrown if more would wait than may. */
export class TooMany extends Error {
  override name = "TooMany";
}

export interface SlotsOptions {
  atOnce: number;
  waitingMax: number;
  /** How long a person's next piece of work is held back after one that took so long; ms. */
  restAfter?: (took: number) => number;
  /** A monotonic clock, ms. */
  now?: () => number;
  later?: (done: () => void, ms: number) => void;
}

interface Person {
  running: number;
  waiting: (() => void)[];
  restsUntil: number;
  isTimed: boolean;
}

const RESTING_KEPT_MAX = 1_000; // people without work under way; then those whose rest is over are forgotten

export function createSlots(
  {
    atOnce,
    waitingMax,
    restAfter = () => 0,
    now = () => performance.now(),
    later = (done, ms) => void setTimeout(done, ms),
  }: SlotsOptions,
): Slots {
  const people = new Map<string, Person>();

  /** Begins the work that may begin. A timer runs only while some waits for it. */
  function admit(id: string, person: Person): void {
    while (person.waiting.length > 0 && person.running < atOnce) {
      const rest = person.restsUntil - now();
      if (rest > 0) {
        if (!person.isTimed) {
          later(() => {
            person.isTimed = false;
            admit(id, person);
          }, rest);
        }
        person.isTimed = true;
        return;
      }
      person.running++;
      person.waiting.shift()?.();
    }
    if (isIdle(person) && person.restsUntil <= now()) people.delete(id);
  }

  const isIdle = ({ running, waiting }: Person) => running === 0 && waiting.length === 0;

  function forgetRested(): void {
    if (people.size <= RESTING_KEPT_MAX) return;
    for (const [id, person] of people) if (isIdle(person) && person.restsUntil <= now()) people.delete(id);
  }

  function leave(id: string, person: Person, took: number): void {
    person.running--;
    const rest = restAfter(took);
    if (rest > 0) person.restsUntil = Math.max(person.restsUntil, now()) + rest;
    admit(id, person);
    forgetRested();
  }

  return {
    isIdle(id) {
      const person = people.get(id);
      return !person || isIdle(person);
    },
    async run(id, work) {
      const person = people.get(id) ?? { running: 0, waiting: [], restsUntil: 0, isTimed: false };
      people.set(id, person);
      const isFree = person.running < atOnce && person.waiting.length === 0 && person.restsUntil <= now();
      if (isFree) person.running++;
      else if (person.waiting.length >= waitingMax) throw new TooMany("Too much is under way");
      else {
        await new Promise<void>((resolve) => {
          person.waiting.push(resolve);
          admit(id, person);
        });
      }
      const began = now();
      try {
        return await work();
      } finally {
        leave(id, person, now() - began);
      }
    },
  };
}
