/** Compact frames over each transport (lib/protocol/README.md §5): the same events in fewer bytes. */
import assert from "node:assert/strict";
import { createFrameReader } from "../../lib/protocol/compact.ts";
import type { Event } from "../../lib/protocol/events.ts";
import { openLine, type Transport } from "../faults/lines.ts";
import { within } from "../faults/within.ts";
import { type Contact, type Known, shareServer, textIn } from "./with_server.ts";

const EVENTS_MS = 10_000;
const BYTES_MAX = 320; // of a plain line of 20 words
const PLAIN = "the pump at the north gate was looked at this morning and needs a new seal before the next high water";
const TEXTS = ["two words", "**bold** @mia", "one\ntwo", "see https://example.org/", "`code`", '<b> & "quotes" \\ 👍'];

const withShared = shareServer();

interface Told {
  events: Event[];
  /** The frame of the last event, as it came. */
  text: string;
}

/** A client that follows a room from its beginning. */
async function open({ server, url }: Contact, person: Known, room: string, transport: Transport, compact?: true) {
  const stream = `room:${room}`;
  const positions = new Map<string, string>();
  let answers = createFrameReader();
  const line = await openLine(transport, {
    site: { url, port: server.port, up: () => Promise.resolve() },
    person: { handle: person.handle, id: person.id, api: person.api },
    streams: [stream],
    positionOf: (it) => positions.get(it),
    stands: (it, offset) => positions.set(it, offset),
    cursor: {},
    ...(compact && { compact }),
  });
  const told: Told = { events: [], text: "" };
  return {
    drop: line.drop,
    /** Reads on until it is told a message with this text; without one, until it follows. */
    async until(wanted?: string): Promise<Told> {
      const isThere = () => wanted === undefined ? positions.has(stream) : told.events.some(says(wanted));
      while (!isThere()) {
        if (transport === "poll") answers = createFrameReader(Object.fromEntries(positions));
        for (const text of await within(EVENTS_MS, wanted ?? "the stream", line.next())) {
          const frame = answers(JSON.parse(text));
          if (frame?.t === "followed") positions.set(stream, frame.offset);
          if (frame?.t !== "events") continue;
          assert.equal(frame.from, positions.get(stream) ?? frame.from, "it goes on from where it was");
          assert.equal(text.includes('"from"'), !compact);
          positions.set(stream, frame.to);
          told.events.push(...frame.events);
          told.text = text;
        }
      }
      return told;
    },
  };
}

for (const transport of ["ws", "sse", "poll"] as const) {
  Deno.test(`compact frames over ${transport} tell the same, without what a reader knows`, () =>
    withShared(async (contact) => {
      const { owner, member, done } = contact;
      const room = textIn(
        await done(owner.api, "rooms.create", { name: `compact ${transport}`, visibility: "public" }),
        "room",
        "id",
      );
      const say = (text: string, at: number) =>
        done(owner.api, "messages.send", { room, text, key: `compact-${transport}-${String(at).padStart(8, "0")}` });
      for (const [at, text] of TEXTS.entries()) await say(text, at);
      const clients = [
        await open(contact, member, room, "ws"),
        await open(contact, owner, room, transport, true),
        await open(contact, member, room, transport, true),
      ];
      try {
        // An event stream begins at the tail.
        for (const [at, client] of clients.entries()) {
          await client.until(at > 0 && transport === "sse" ? undefined : TEXTS.at(-1));
        }
        const sent = (await clients[0]?.until())?.events.filter(({ type }) => type === "messages.sent") ?? [];
        const [first = 0, second = 0, third = 0] = sent.map(({ seq }) => seq);
        await done(member.api, "rooms.join", { room });
        await done(member.api, "messages.react", { room, seq: first, emoji: "👍" });
        await done(owner.api, "messages.edit", { room, seq: second, text: "plain now" });
        await done(owner.api, "messages.delete", { room, seq: third });
        for (const client of clients) await client.until(""); // the deleted one
        await say(PLAIN, TEXTS.length);
        const [whole, ofAuthor, ofOther] = await Promise.all(clients.map((client) => client.until(PLAIN)));
        assert(whole && ofAuthor && ofOther);
        const expected = whole.events.slice(-ofAuthor.events.length);
        assert.equal(expected.length, transport === "sse" ? 5 : whole.events.length);
        assert.deepEqual(ofAuthor.events, expected, "its author has all of it");
        assert.deepEqual(ofOther.events, expected.map(withoutKey));
        assert.ok(ofAuthor.text.includes('"key"') && !ofOther.text.includes('"key"'));
        assert.ok(bytesOf(ofOther.text) <= BYTES_MAX, `${bytesOf(ofOther.text)}: ${ofOther.text}`);
      } finally {
        for (const client of clients) await client.drop();
      }
    }));
}

const bytesOf = (text: string) => new TextEncoder().encode(text).length;

const says = (text: string) => ({ data }: Event) => Object(Object(data).message).text === text;

function withoutKey(event: Event): Event {
  const { data } = event;
  if (typeof data !== "object" || data === null || !("message" in data)) return event;
  return { ...event, data: { message: { ...Object(data.message), key: "" } } };
}
