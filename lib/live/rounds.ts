/**
 * Rounds of frames: everybody whose stream has grown is served in turn, a few at a time. In between, what clients say is
 * heard and answered, and goes on its way to disk while the rest of a round is written; whoever comes late in a round
 * gets what landed meanwhile in the same frame. A room of a few does not wait for one of thousands: it has rounds apart.
 */
import { setImmediate } from "node:timers";
import type { Follower } from "./follower.ts";

const TURN_FOLLOWERS = 16; // served in one turn of the event loop: about 0.2 ms

export interface Rounds {
  /** The stream of these followers has grown. */
  due(followers: ReadonlySet<Follower>): void;
}

export function createRounds(): Rounds {
  const [small, large] = [createRound(), createRound()];
  return { due: (followers) => (followers.size <= TURN_FOLLOWERS ? small : large).due(followers) };
}

function createRound(): Rounds {
  let next = new Set<ReadonlySet<Follower>>();
  let round = inTurn(next);
  let running = false;

  function due(followers: ReadonlySet<Follower>): void {
    next.add(followers);
    if (running) return;
    running = true;
    setImmediate(turn); // not at once, but when whoever sent what is new has been answered
  }

  function turn(): void {
    for (let count = 0; count < TURN_FOLLOWERS; count++) {
      const { value: follower } = round.next();
      if (follower) {
        follower.pump();
      } else if (next.size > 0) {
        round = inTurn(next);
        next = new Set();
      } else {
        running = false;
        return;
      }
    }
    setImmediate(turn);
  }

  return { due };
}

/** A set that grows meanwhile, by somebody who begins to follow, is gone through to its end. */
function* inTurn(sets: ReadonlySet<ReadonlySet<Follower>>): Generator<Follower, void> {
  for (const followers of sets) yield* followers;
}
