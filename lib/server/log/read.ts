/** Reads streams: strongly consistent and without gaps, or with the reason why not. */
import type { Database } from "../kv/database.ts";
import { NOW, OLDEST } from "../../protocol/streams.ts";
import { parseOffset } from "./offset.ts";
import { readAfter } from "./segments.ts";
import { EMPTY_TAG, type Head, type Located, type StoredEvent } from "./types.ts";

/** Thrown by a read whose next event is no longer kept. */
export class Trimmed extends Error {
  override name = "Trimmed";
}

/** Up to `limit` events after `seq`, dense from `seq` + 1. Throws `Trimmed` where that one is no longer kept. */
export async function readEvents(
  db: Database,
  stream: string,
  head: Head,
  seq: number,
  limit: number,
): Promise<StoredEvent[]> {
  if (seq >= head.seq) return [];
  const events = seq < head.first - 1 ? [] : await readAfter(db, stream, head, seq, limit);
  if (events.length === 0 || events.some((event, at) => event.seq !== seq + 1 + at)) {
    throw new Trimmed(`${stream} has no event ${seq + 1}`);
  }
  return events;
}

/** The position that `offset` names, by strong reads, or why there is none (lib/protocol/README.md §4). */
export async function locate(
  db: Database,
  epoch: string,
  stream: string,
  head: Head,
  offset: string,
): Promise<Located> {
  if (offset === NOW) return { seq: head.seq, tag: head.tag, head };
  if (offset === OLDEST) {
    const seq = head.first - 1;
    return { seq, tag: await tagAt(seq) ?? EMPTY_TAG, head };
  }
  const at = parseOffset(offset);
  if (!at || at.epoch !== epoch || at.seq > head.seq) return { gone: "epoch", head };
  if (at.seq < head.first - 1) return { gone: "trimmed", head };
  const tag = at.seq === head.seq ? head.tag : await tagAt(at.seq);
  return tag === at.tag ? { seq: at.seq, tag, head } : { gone: "epoch", head };

  async function tagAt(seq: number): Promise<string | undefined> {
    if (seq === 0) return EMPTY_TAG;
    const [event] = await readAfter(db, stream, head, seq - 1, 1);
    return event?.seq === seq ? event.tag : undefined;
  }
}
