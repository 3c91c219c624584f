/** Forgets old events: the newest 10,000 and those of the last 30 days stay (lib/protocol/README.md §4). */
import type { Database } from "../kv/database.ts";
import { readEvents } from "./read.ts";
import { segmentsBefore } from "./segments.ts";
import type { Log } from "./types.ts";

export const KEEP_EVENTS = 10_000;
export const KEEP_MS = 30 * 86_400_000;
const STEP = 500; // events forgotten in one commit
const SEGMENTS_MAX = 600; // segments deleted in one commit: those of a step, and what one before left over

/** Forgets old events of `stream`, in steps through its append queue: no reader sees a hole. Returns how many. */
export async function trim(
  { db, log, now, keepEvents = KEEP_EVENTS }: {
    db: Database;
    log: Pick<Log<never>, "append" | "head">;
    now: () => number;
    keepEvents?: number;
  },
  stream: string,
): Promise<number> {
  let gone = 0;
  for (;;) {
    const count = await log.append<number>([stream], async () => {
      const head = await log.head(stream);
      const spare = Math.min(STEP, head.seq - head.first + 1 - keepEvents);
      const oldest = spare > 0 ? await readEvents(db, stream, head, head.first - 1, spare) : [];
      const young = oldest.findIndex((event) => event.at > now() - KEEP_MS);
      const count = young < 0 ? oldest.length : young;
      if (count === 0) return { result: 0 };
      const first = head.first + count;
      // The event just before the new first one stays: its tag proves an offset there.
      const deletes = await segmentsBefore(db, stream, first - 1, SEGMENTS_MAX);
      return {
        write: () => ({
          events: [],
          deletes,
          trim: { stream, first },
          result: count,
        }),
      };
    });
    gone += count;
    if (count < STEP) return gone;
  }
}
