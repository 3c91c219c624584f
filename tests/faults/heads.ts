/** Where streams end. */
import { parseServerFrame } from "../support/frames.ts";
import { connectRaw } from "../support/raw_ws.ts";
import type { Person } from "../support/people.ts";
import type { Way } from "./site.ts";
import { within } from "./within.ts";

const HEADS_MS = 60_000;

/** The offsets at which these streams end now, asked of the server as `person`. */
export async function headsOf(way: Way, person: Person, streams: string[]): Promise<Map<string, string>> {
  const line = await connectRaw({ port: way.port, path: "/live/ws?v=1", headers: person.api.headers() });
  try {
    await line.send(JSON.stringify({ t: "follow", streams: Object.fromEntries(streams.map((it) => [it, "now"])) }));
    const heads = new Map<string, string>();
    while (heads.size < streams.length) {
      const frame = parseServerFrame(await within(HEADS_MS, "the heads", line.next()));
      if (frame?.t === "followed") heads.set(frame.stream, frame.head);
    }
    return heads;
  } finally {
    line.drop();
    await line.closed;
  }
}
