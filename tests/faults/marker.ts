/** A client that marks rooms read, further and further and sometimes back, each until it is acknowledged. */
import { ApiError } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import type { Random } from "./random.ts";
import type { Way } from "./site.ts";

export interface Marker {
  /** By room, the number that the last acknowledged mark stands at. */
  readonly marks: ReadonlyMap<string, number>;
  /** How many were acknowledged. */
  readonly acknowledged: number;
  /** Marks no more; resolves once the last one is acknowledged. Throws what went wrong. */
  finish(): Promise<void>;
}

/** Starts marking: `headOf` gives the seq of the last message known in a room. */
export function createMarker(
  site: Way,
  person: Person,
  rooms: string[],
  random: Random,
  headOf: (room: string) => number,
): Marker {
  const marks = new Map<string, number>();
  let acknowledged = 0;
  let finishing = false;

  async function mark(room: string, seq: number): Promise<void> {
    for (;;) {
      await site.up();
      try {
        // With `back` it is last write wins, so that each mark shows what was stored of the one before.
        const { n } = await person.api.call("reads.mark", { room, seq, back: true });
        marks.set(room, n);
        acknowledged++;
        return;
      } catch (error) {
        if (error instanceof ApiError && error.status < 500) throw error;
      }
    }
  }

  async function run(): Promise<void> {
    while (!finishing) {
      const room = rooms[random.between(0, rooms.length - 1)] ?? "";
      await mark(room, random.between(0, headOf(room)));
    }
  }
  const running = run();
  running.catch(() => {}); // thrown by `finish`

  return {
    marks,
    get acknowledged() {
      return acknowledged;
    },
    async finish() {
      finishing = true;
      await running;
    },
  };
}
