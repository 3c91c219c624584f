/** Bounds how much of something each person may use in a window of time. */

export interface Budget {
  /** Uses some of a person's budget. Returns false, and uses nothing, if so much is not left (never over `max`). */
  spend(person: string, amount: number): boolean;
  /** Uses some even if it is not left, for work that was done already. */
  charge(person: string, amount: number): void;
  /** Whether none is left. */
  isSpent(person: string): boolean;
  /** How long until everybody's budget is whole again, in whole ms. */
  renewsIn(): number;
}

/** All windows begin together, so that nothing is kept of people who have left. It uses a clock that doesn't jump. */
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
    renewsIn: () => Math.max(0, Math.ceil(begunAt + windowMs - now())),
  };
}

/** A budget that is never used up, for load tests. */
export const ENDLESS: Budget = { spend: () => true, charge() {}, isSpent: () => false, renewsIn: () => 0 };
