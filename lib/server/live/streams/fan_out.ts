/**
 * Fan-out of frames: serves the followers of all streams that have grown, a few at a time. In between, the process
 * reads and answers what clients send, and commits it; a follower that is served late in a round gets the events that
 * landed meanwhile in the same frame. Small rooms have rounds of their own, so that they do not wait for a room of
 * thousands.
 */
import { setImmediate } from "node:timers";
import type { ByeReason } from "../../../protocol/frames.ts";
import { later } from "../../limits/turns.ts";

// Followers that are served in one turn of the event loop. Small groups finish sooner if each frame is written before
// other work; in large groups more turns would mean more frames of fewer events each.
const TURN_OF_FEW = 4;
const TURN_OF_MANY = 16; // about 0.2 ms
const FEW = 64; // followers in a round
const SMALL_ROOM = 16; // followers
// Some followers take more than others: a poll is answered whole, with what was waited for.
const TURN_MS = 1; // then others have a turn, however few were served
const UNHEARD_MS = 4; // of such turns in a row; then sockets and storage are heard

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

/** Calls `failed` with what a follower throws, ends its session, and goes on with the others. */
export function createFanOut(failed: (error: unknown) => void): FanOut {
  const [small, large] = [createRound(failed), createRound(failed)];
  return { due: (followers) => (followers.size <= SMALL_ROOM ? small : large).due(followers) };
}

function createRound(failed: (error: unknown) => void): FanOut {
  let next = new Set<ReadonlySet<Served>>();
  let round = inTurn(new Set());
  let count = TURN_OF_FEW;
  let running = false;
  let heardAt = 0;

  function due(followers: ReadonlySet<Served>): void {
    next.add(followers);
    if (running) return;
    running = true;
    heardAt = performance.now();
    setImmediate(turn); // so that the sender of what is new gets its answer first
  }

  function turn(): void {
    const begun = performance.now();
    let now = begun;
    for (let served = 0; served < count && now - begun < TURN_MS; served++) {
      const { value: follower } = round.next();
      if (follower) {
        serve(follower);
      } else if (next.size > 0) {
        begin();
      } else {
        running = false;
        return;
      }
      now = performance.now();
    }
    if (now - heardAt < UNHEARD_MS) return void setImmediate(turn);
    later(() => {
      heardAt = performance.now();
      turn();
    });
  }

  function serve(follower: Served): void {
    try {
      follower.pump();
    } catch (error) {
      failed(error);
      end(follower);
    }
  }

  /** Its position may be wrong now. The client comes back with its own offsets, which are right. */
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

/** Goes on through followers that are added to a set meanwhile. */
function* inTurn(sets: ReadonlySet<ReadonlySet<Served>>): Generator<Served, void> {
  for (const followers of sets) yield* followers;
}
