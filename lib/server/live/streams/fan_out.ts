/**
 * FanOut of frames: everybody whose stream has grown is served in turn, a few at a time. In between, what clients say is
 * heard and answered, and goes on its way to disk while the rest of a round is written; whoever comes late in a round
 * gets what landed meanwhile in the same frame. A room of a few does not wait for one of thousands: it has rounds apart.
 */
import { setImmediate } from "node:timers";
import type { ByeReason } from "../../../protocol/frames.ts";

// Served in one turn of the event loop. Of few, each is written before much else is done, which is the sooner for all; of
// many, more turns would mean more frames of fewer events each.
const TURN_OF_FEW = 4;
const TURN_OF_MANY = 16; // about 0.2 ms
const FEW = 64; // followers in a round
const SMALL_ROOM = 16; // followers

/** What a round needs of a follower. */
export interface Served {
  /** Sends what is due. */
  pump(): void;
  readonly session: { bye(reason: ByeReason): void };
}

export interface FanOut {
  /** The stream of these followers has grown. */
  due(followers: ReadonlySet<Served>): void;
}

/** Tells `failed` what a follower throws; its session is ended, and the others are served as if nothing had been. */
export function createFanOut(failed: (error: unknown) => void): FanOut {
  const [small, large] = [createRound(failed), createRound(failed)];
  return { due: (followers) => (followers.size <= SMALL_ROOM ? small : large).due(followers) };
}

function createRound(failed: (error: unknown) => void): FanOut {
  let next = new Set<ReadonlySet<Served>>();
  let round = inTurn(new Set());
  let count = TURN_OF_FEW;
  let running = false;

  function due(followers: ReadonlySet<Served>): void {
    next.add(followers);
    if (running) return;
    running = true;
    setImmediate(turn); // not at once, but when whoever sent what is new has been answered
  }

  function turn(): void {
    for (let served = 0; served < count; served++) {
      const { value: follower } = round.next();
      if (follower) {
        serve(follower);
      } else if (next.size > 0) {
        begin();
      } else {
        running = false;
        return;
      }
    }
    setImmediate(turn);
  }

  function serve(follower: Served): void {
    try {
      follower.pump();
    } catch (error) {
      failed(error);
      end(follower);
    }
  }

  /** Whether its position holds is not known any more: the client comes back with its own offsets, which do. */
  function end({ session }: Served): void {
    try {
      session.bye("overloaded");
    } catch (error) {
      failed(error);
    }
  }

  function begin(): void {
    let all = 0;
    for (const followers of next) all += followers.size;
    count = all <= FEW ? TURN_OF_FEW : TURN_OF_MANY;
    round = inTurn(next);
    next = new Set();
  }

  return { due };
}

/** A set that grows meanwhile, by somebody who begins to follow, is gone through to its end. */
function* inTurn(sets: ReadonlySet<ReadonlySet<Served>>): Generator<Served, void> {
  for (const followers of sets) yield* followers;
}
