/**
 * Paces what one person sends, over all their connections: some of it is handled in each turn of the event loop, the
 * rest in later turns, in the order in which it came. Otherwise a burst would hold up everybody else.
 */
import { setImmediate } from "node:timers";
import { later as laterTurn } from "./turns.ts";

export const TURN_POINTS = 64; // of one person in a turn, about 1.5 ms of work; then everybody else has one
export const WORKS_WAITING_MAX = 20_000; // of one person: more frames than they may send in a window

/** Work in pieces; returns what each piece weighed. Never throws. */
export type Work = Iterator<number, number>;

/** Work in one piece. */
export function inOnePiece(points: number, work: () => void): Work {
  return {
    next() {
      work();
      return { done: true, value: points };
    },
  };
}

export interface Pace {
  /** Does a person's work, now or in later turns. Returns false, and does nothing, if too much waits. */
  take(person: string, work: Work): boolean;
}

interface Person {
  spent: number; // in this turn
  waiting: Work[];
  /** How many of the waiting pieces are done. */
  done: number;
}

/** `later` runs its argument once others have had a turn. */
export function createPace(later: (work: () => void) => void = laterTurn): Pace {
  const people = new Map<string, Person>();

  /** Works until a person's share of this turn is used up. */
  function goOn(person: Person): void {
    for (let work = person.waiting[person.done]; work && person.spent < TURN_POINTS;) {
      const { done, value } = work.next();
      person.spent += value;
      if (done) work = person.waiting[++person.done];
    }
  }

  function turn(): void {
    let isWaiting = false;
    for (const [id, person] of people) {
      person.spent = 0;
      goOn(person);
      if (person.done < person.waiting.length) isWaiting = true;
      else if (person.spent === 0) people.delete(id);
      else [person.waiting, person.done] = [[], 0];
    }
    if (people.size > 0) (isWaiting ? later : setImmediate)(turn);
  }

  return {
    take(id, work) {
      const person = people.get(id) ?? { spent: 0, waiting: [], done: 0 };
      if (person.waiting.length - person.done >= WORKS_WAITING_MAX) return false;
      if (people.size === 0) setImmediate(turn);
      people.set(id, person);
      person.waiting.push(work);
      goOn(person);
      return true;
    },
  };
}
