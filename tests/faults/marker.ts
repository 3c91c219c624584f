/** A client that marks rooms read: here and there, or forward only and several at once; each until it is acknowledged. */
import { ApiError } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import { createGate, type Gate } from "./gate.ts";
import type { Random } from "./random.ts";
import type { Way } from "./site.ts";

const AT_ONCE = 3; // marks of one who only goes forward

export interface Marker {
  /** By room, the number that the last acknowledged mark stands at. */
  readonly marks: ReadonlyMap<string, number>;
  /** How many were acknowledged. */
  readonly acknowledged: number;
  /** Whether it moves marks back too. */
  readonly back: boolean;
  readonly gate: Gate;
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
  back = true,
): Marker {
  const gate = createGate(person.handle);
  const marks = new Map<string, number>();
  let acknowledged = 0;
  let finishing = false;

  async function mark(room: string, seq: number): Promise<void> {
    for (;;) {
      await site.up();
      try {
        // With `back` it is last write wins, so that each mark shows what was stored of the one before.
        const { n } = await person.api.call("reads.mark", { room, seq, ...(back && { back }) });
        marks.set(room, back ? n : Math.max(n, marks.get(room) ?? 0));
        acknowledged++;
        return;
      } catch (error) {
        if (error instanceof ApiError && error.problem && error.status < 500) throw error; // 408 is no problem of ours
      }
    }
  }

  async function run(): Promise<void> {
    while (!finishing) {
      await gate.pass();
      if (finishing) return;
      const room = rooms[random.between(0, rooms.length - 1)] ?? "";
      const seqs = Array.from({ length: back ? 1 : AT_ONCE }, () => random.between(0, headOf(room)));
      await Promise.all(seqs.map((seq) => mark(room, seq)));
    }
  }
  const running = run().finally(gate.end);
  running.catch(() => {}); // thrown by `finish`

  return {
    marks,
    back,
    gate,
    get acknowledged() {
      return acknowledged;
    },
    async finish() {
      finishing = true;
      gate.open();
      await running;
    },
  };
}
