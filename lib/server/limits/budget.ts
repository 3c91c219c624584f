/** How much of something each person may use in a window of time. */

export interface Budget {
  /** Uses some of a person's; false, and nothing is used, where so much is not left. What is over `max` never is. */
  spend(person: string, amount: number): boolean;
  /** Uses some though it may not be left: what was given has its price. */
  charge(person: string, amount: number): void;
  /** Whether none is left. */
  isSpent(person: string): boolean;
  /** When everybody's is whole again, in ms. */
  renewsIn(): number;
}

/** All windows begin together, so that nothing has to be kept of people who were here once. By a clock that doesn't jump. */
export function createBudget(max: number, windowMs: number, now: () => number = () => performance.now()): Budget {
  let spent = new Map<string, number>();
  let begunAt = now();

  function of(person: string): number {
    if (now() - begunAt >= windowMs) {
      begunAt = now();
      spent = new Map();
    }
    return spent.get(person) ?? 0;
  }

  return {
    spend(person, amount) {
      const before = of(person);
      if (before + amount > max) return false;
      spent.set(person, before + amount);
      return true;
    },
    charge: (person, amount) => void spent.set(person, of(person) + amount),
    isSpent: (person) => of(person) >= max,
    renewsIn: () => Math.max(0, begunAt + windowMs - now()),
  };
}

/** For load tests: nobody's is ever used up. */
export const ENDLESS: Budget = { spend: () => true, charge() {}, isSpent: () => false, renewsIn: () => 0 };
