/** Removal from a private room under load: not one event past it, on any transport, with an old cursor neither. */
import assert from "node:assert/strict";
import type { ServerFrames } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "../support/frames.ts";
import type { Person } from "../support/people.ts";
import { type LineOptions, openLine, type Transport } from "./lines.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { type Site, withSite } from "./site.ts";
import { createWatched, within } from "./within.ts";

const ROUNDS = Number(Deno.env.get("ROUNDS")) || (Deno.env.get("FAULTS") === "all" ? 20 : 3);
const PROGRESS_MS = 20_000;
const GONE_MS = 5_000;
const TRANSPORTS: Transport[] = ["ws", "sse", "poll"];

/** What one line brought of a stream before it was gone. */
interface Seen {
  seqs: number[];
  position: string | undefined;
  gone: ServerFrames["gone"];
  /** The cursor of an event stream before the end. */
  cursor: string | undefined;
}

/** Follows until the stream is gone. `began` is called at the first event that comes. */
async function followUntilGone(
  transport: Transport,
  { site, person, stream, position, cursor }: {
    site: Site;
    person: Person;
    stream: string;
    position?: string | undefined;
    cursor?: string | undefined;
  },
  began: () => void,
): Promise<Seen> {
  const seen = { seqs: new Array<number>(), position, cursor };
  const kept: { value?: string } = cursor === undefined ? {} : { value: cursor };
  const options: LineOptions = {
    site,
    person,
    streams: [stream],
    positionOf: () => seen.position,
    stands: (_, offset) => void (seen.position = offset),
    cursor: kept,
  };
  const line = await openLine(transport, options);
  try {
    for (;;) {
      const before = kept.value;
      for (const text of await line.next()) {
        const frame = parseServerFrame(text);
        if (frame?.t === "followed") seen.position = frame.offset;
        if (frame?.t === "events" && frame.stream === stream) {
          if (seen.position !== undefined) assert.equal(frame.from, seen.position, transport);
          seen.position = frame.to;
          seen.seqs.push(...frame.events.map((event) => event.seq));
          began();
        }
        if (frame?.t === "gone") return { ...seen, cursor: before, gone: frame };
      }
    }
  } finally {
    await line.drop();
  }
}

Deno.test(`fault 15: ${ROUNDS} removals from a private room under load let nothing through past them`, async () => {
  const random = createRandom(chosenSeed("removal"));
  await withSite(async (site) => {
    const victim = await site.join("victim");
    const friends = [await site.join("friend0"), await site.join("friend1")];
    const { api } = site.owner;
    const { room: { id: room } } = await api.call("rooms.create", { name: "private", visibility: "private" });
    for (const { id } of friends) await api.call("rooms.addMember", { room, user: id });
    const stream = `room:${room}`;
    const watched = createWatched();
    let acknowledged = 0;
    const senders = friends.map((person) =>
      createSender(site, person, [room], random.fork(), () => {
        acknowledged++;
        watched.changed();
      })
    );
    const moreSent = async (count: number) => {
      const due = acknowledged + count;
      await watched.until(() => acknowledged >= due, PROGRESS_MS, `send ${due} to be acknowledged`);
    };

    for (let round = 0; round < ROUNDS; round++) {
      await api.call("rooms.addMember", { room, user: victim.id });
      const begun = new Set<Transport>();
      const following = TRANSPORTS.map((transport) =>
        followUntilGone(transport, { site, person: victim, stream }, () => {
          begun.add(transport);
          watched.changed();
        })
      );
      await watched.until(
        () => begun.size === TRANSPORTS.length,
        PROGRESS_MS,
        () => `more than ${[...begun]} to begin`,
      );
      await moreSent(random.between(1, 300));
      await api.call("rooms.removeMember", { room, user: victim.id });
      const logs = await within(GONE_MS, "the stream to be gone", Promise.all(following));

      const [left] = (await readAll(site, site.owner, stream)).filter(({ type, data }) =>
        type === "rooms.left" && JSON.stringify(data) === JSON.stringify({ user: victim.id })
      ).slice(-1);
      assert(left, "the removal is an event of the room");
      for (const [at, { seqs, gone, position, cursor }] of logs.entries()) {
        const transport = TRANSPORTS[at] ?? "ws";
        assert(seqs.every((seq) => seq <= left.seq), `${transport} got ${seqs.at(-1)}, past ${left.seq}`);
        seqs.reduce((a, b) => (assert.equal(b, a + 1, transport), b));
        // Between two polls nobody is under way.
        const reason = transport === "poll" && gone.reason === "not_found" ? "not_found" : "removed";
        assert.deepEqual([gone.stream, gone.reason], [stream, reason], transport);
        // Whoever comes back, however far back, finds nothing there.
        for (const offset of [position, "-1", "now"]) {
          const later = { site, person: victim, stream, position: offset, ...(transport === "sse" && { cursor }) };
          const back = await within(GONE_MS, "not_found", followUntilGone(transport, later, () => {}));
          assert.deepEqual(back.seqs, [], `${transport} from ${offset}`);
          assert.deepEqual(back.gone, { t: "gone", stream, reason: "not_found" }, `${transport} from ${offset}`);
        }
      }
      await moreSent(1);
    }
    await Promise.all(senders.map((sender) => sender.finish()));
    console.log(`${ROUNDS} removals, ${acknowledged} sends meanwhile`);
  });
});

/** Every event of a stream, as of now. */
async function readAll(site: Site, person: Person, stream: string) {
  const events = [];
  let position: string | undefined;
  let head = "";
  const options: LineOptions = {
    site,
    person,
    streams: [stream],
    positionOf: () => "-1",
    stands: () => {},
    cursor: {},
  };
  const line = await openLine("ws", options);
  try {
    while (position !== head || position === undefined) {
      for (const text of await within(PROGRESS_MS, "the stream", line.next())) {
        const frame = parseServerFrame(text);
        if (frame?.t === "followed") [position, head] = [frame.offset, frame.head];
        if (frame?.t === "events" && position !== undefined && position < head) {
          events.push(...frame.events);
          position = frame.to > head ? head : frame.to;
        }
      }
    }
    return events;
  } finally {
    await line.drop();
  }
}
