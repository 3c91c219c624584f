/**
 * Paces the polls of one person. A client in a busy room rightly polls again as soon as it is answered, so one that is
 * too fast is held for a moment, and gets more at once. Only a person who polls far faster than that is refused.
 */
import type { Clock } from "../clock.ts";
import { type Budget, createBudget, ENDLESS } from "../../limits/budget.ts";
import { createSlots } from "../../limits/slots.ts";

const POLLS_MAX = 800; // of one person in a window, before each is held
const REFUSED_MAX = 4_000;
const WINDOW_MS = 10_000;
const HOLD_MS = 250;
const APART_MS = 10; // the beginnings of two polls of one person: each may be 3 ms of work, and many come at once
const NAMES = 16; // so many streams or people weigh as much as one more poll

export interface PollPace {
  /** How long to hold a poll that names so many streams and people, in ms; undefined if it is refused. */
  hold(user: string, names: number): number | undefined;
  /** Resolves when a person's next poll may begin. Throws `TooMany`. */
  turn(user: string): Promise<void>;
  /** When none is refused any more, in ms. */
  renewsIn(): number;
}

/** `limits: false` holds nobody. */
export function createPollPace({ limits, clock }: { limits: boolean; clock: Clock }): PollPace {
  const budget = (max: number): Budget => limits ? createBudget(max, WINDOW_MS, clock.now) : ENDLESS;
  const [fast, refused] = [budget(POLLS_MAX), budget(REFUSED_MAX)];
  const apart = createSlots({
    atOnce: 1,
    waitingMax: REFUSED_MAX,
    restAfter: () => limits ? APART_MS : 0,
    now: clock.now,
    later: (done, ms) => void clock.after(ms, done),
  });
  return {
    hold(user, names) {
      const weight = 1 + Math.floor(names / NAMES);
      if (!refused.spend(user, weight)) return undefined;
      return fast.spend(user, weight) ? 0 : HOLD_MS;
    },
    turn: (user) => apart.run(user, () => Promise.resolve()),
    renewsIn: refused.renewsIn,
  };
}
