/**
 * Whatever happened: what the room list counts, what every device derives from its list, its events and its digest, and a
 * recount of the stored events are the same after each step; and "For you" lists what stands, once.
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { createRoomsStore, type RoomsStore } from "../../../lib/client/stores/rooms_store.ts";
import type { Caller } from "../../../lib/client/connection/calls.ts";
import { isUserEvent } from "../../../lib/protocol/events.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import type { RoomSummary } from "../../../lib/protocol/rooms.ts";
import { roomStream, userStream } from "../../../lib/protocol/streams.ts";
import { timing } from "../../client/samples.ts";
import { type Client, createClient } from "../../support/hub.ts";
import { newKey, type Person } from "../../support/services.ts";
import { type FeedCase, withFeed } from "../feed/with_feed.ts";

const RUNS = 8;
const LIMIT_MS = 60_000; // also of the search for a smaller history that fails
const STEPS_MAX = 30;
const EMOJIS = ["👍", "🎉"];

const step = fc.record({
  what: fc.constantFrom(
    ...["send", "send", "send", "edit", "edit", "delete", "react", "unreact", "mark", "back", "back"] as const,
    ...["local", "enter", "exit", "reload", "snapshot"] as const,
  ),
  who: fc.nat(2),
  room: fc.nat(2),
  at: fc.nat(30),
  mentions: fc.subarray([0, 1, 2]),
  emoji: fc.constantFrom(...EMOJIS),
});
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** A device of ann's: what it derives, and how it hears. */
interface Device {
  rooms: RoomsStore;
  client: Client;
  /** Resolves once nothing is asked for any more. */
  quiet(): Promise<void>;
}

Deno.test("counts and entries equal a recount of what is stored, on each device, after any history", () =>
  withFeed(async (it) => {
    const people = [it.owner, await it.join("ben"), await it.join("ann")];
    const ann = people[2] ?? it.owner;
    const { room: direct } = await it.owner.call("rooms.direct", { users: people.map(({ user }) => user.id) });
    let run = 0; // a name is in use by one room
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: STEPS_MAX }), async (steps) => {
        run++;
        const open = await it.room(it.owner, `open ${run}`, "public", [people[1] ?? it.owner]);
        const board = await it.room(it.owner, `board ${run}`, "private", [people[1] ?? it.owner, ann]);
        const rooms = [open.id, board.id, direct.id];
        const devices = [await openDevice(it, ann), await openDevice(it, ann)];
        const snapshots: { lines: RoomSummary[]; offset: string }[] = [await snapshot(it, ann)];
        for (const one of steps) {
          await take(it, people, rooms, devices, snapshots, one);
          for (const device of devices) await level(it, ann, device);
          await agree(it, ann, rooms, devices, one);
        }
        await standing(it, ann, rooms);
        for (const { lines, offset } of snapshots) {
          const device = await openDevice(it, ann, lines, offset);
          await level(it, ann, device);
          await agree(it, ann, rooms, [device], "from a snapshot");
          device.client.session.close();
        }
        for (const { client } of devices) client.session.close();
      }),
      { numRuns: RUNS, interruptAfterTimeLimit: LIMIT_MS, endOnFailure: true },
    );
    assert.deepEqual(it.errors, []);
  }));

async function openDevice(it: FeedCase, ann: Person, lines?: RoomSummary[], offset = "now"): Promise<Device> {
  let pending: Promise<unknown> = Promise.resolve();
  let calls = 0;
  const call: Caller = (name, body) => {
    calls++;
    const answer = ann.call(name, body).finally(() => calls--);
    pending = Promise.allSettled([pending, answer]);
    return answer;
  };
  const client = createClient(it.services.hub, ann.user);
  await it.services.hub.greet(client.session);
  await client.follows(userStream(ann.user.id), offset);
  const rooms = createRoomsStore({ ...timing, summaries: lines ?? await list(ann), call });
  return {
    rooms,
    client,
    async quiet() {
      do await pending; while (calls > 0);
    },
  };
}

const list = async (ann: Person) => (await ann.call("rooms.list", { limit: 100 })).rooms;

async function snapshot({ services }: FeedCase, ann: Person) {
  const offset = services.log.offset(await services.log.head(userStream(ann.user.id)));
  return { lines: await list(ann), offset };
}

const applied = new WeakMap<Client, number>();

/** Has a device hear all that there is. */
async function level({ services }: FeedCase, ann: Person, { rooms, client, quiet }: Device): Promise<void> {
  const stream = userStream(ann.user.id);
  const { seq } = await services.log.head(stream);
  const last = () =>
    Number(client.of("events").at(-1)?.to.split("_")[1] ?? seqOf(client.of("followed").at(-1)?.offset));
  await client.until(() => last() >= seq);
  const frames = client.of("events");
  const events = frames.slice(applied.get(client) ?? 0).flatMap((frame) => frame.events);
  applied.set(client, frames.length);
  for (const event of events) if (isUserEvent(event)) rooms.apply(event);
  const digest = services.hub.digestOf(client.session);
  if (digest) rooms.digest(digest.rooms);
  await quiet();
}

const seqOf = (offset = "") => Number(offset.split("_")[1]);

async function take(
  it: FeedCase,
  people: Person[],
  rooms: string[],
  devices: Device[],
  snapshots: { lines: RoomSummary[]; offset: string }[],
  { what, who, room: at, at: place, mentions, emoji }: Step,
): Promise<void> {
  const by = people[who] ?? it.owner;
  const [, ben, ann] = people;
  const room = rooms[at] ?? "";
  if (!ann || !ben) return;
  const messages = await stored(it, room);
  const message = messages[place % Math.max(1, messages.length)];
  const text = [`text ${newKey()}`, ...mentions.map((one) => `@${people[one]?.user.handle}`)].join(" ");
  const seq = message?.seq ?? 1;
  switch (what) {
    case "send":
      return void await by.code("messages.send", { room, text, key: newKey() });
    case "edit": {
      const author = people.find(({ user }) => user.id === message?.by) ?? by;
      return void await author.code("messages.edit", { room, seq, text });
    }
    case "delete":
      return void await by.code("messages.delete", { room, seq });
    case "react":
    case "unreact":
      return void await by.code(`messages.${what}`, { room, seq, emoji });
    case "mark":
      return void await ann.code("reads.mark", { room, seq });
    case "back":
      return void await ann.code("reads.mark", { room, seq: Math.max(0, seq - 1), back: true });
    case "local": {
      // As a page does that shows it: the mark moves here at once, and there a little later.
      const device = devices[place % devices.length];
      const n = message?.n ?? 0;
      if (!device?.rooms.summary(room)?.joined || n <= device.rooms.mark(room)) return;
      device.rooms.setMark(room, n);
      return void await ann.code("reads.mark", { room, seq });
    }
    case "enter":
      if (at === 0) return void await ann.code("rooms.join", { room });
      return void await (who === 0 ? it.owner : ben).code("rooms.addMember", { room, user: ann.user.id });
    case "exit":
      if (at === 0) return void await ann.code("rooms.leave", { room });
      return void await it.owner.code("rooms.removeMember", { room, user: ann.user.id });
    case "reload": {
      const old = place % devices.length;
      devices[old]?.client.session.close();
      devices[old] = await openDevice(it, ann);
      return;
    }
    case "snapshot":
      return void snapshots.push(await snapshot(it, ann));
  }
}

/** All messages of a room as they are now, by its events. */
async function stored({ services }: FeedCase, room: string): Promise<Message[]> {
  const stream = roomStream(room);
  const events = (await services.log.read(stream, 0, 5_000)).filter(({ type }) => type === "messages.sent");
  return (await services.messages.join(stream, events)).flatMap(({ data }) =>
    typeof data === "object" && data !== null && "message" in data ? [Object(data.message)] : []
  );
}

interface Counts {
  joined: boolean;
  n: number;
  unread: number;
  mentions: number;
}

/** A recount: marks and memberships by the person's events, mentions by the messages as they are. */
async function recount(it: FeedCase, { user }: Person, room: string): Promise<Counts> {
  let [joined, mark] = [false, 0];
  for (const event of await it.services.log.read(userStream(user.id), 0, 20_000)) {
    const wire = { seq: event.seq, type: event.type, at: event.at, by: event.by, data: event.data };
    if (!isUserEvent(wire)) continue;
    if (wire.type === "reads.marked" && wire.data.room === room) mark = wire.data.n;
    if (wire.type === "rooms.added" && wire.data.room.id === room) joined = true;
    if (wire.type === "rooms.removed" && wire.data.room.id === room) joined = false;
  }
  const messages = await stored(it, room);
  const n = messages.length;
  if (!joined) return { joined, n, unread: 0, mentions: 0 };
  const mine = messages.filter((one) => (one.n ?? 0) > mark && one.mentions.includes(user.id));
  return { joined, n, unread: n - mark, mentions: mine.filter((one) => one.deletedAt === undefined).length };
}

const countsOf = (line: RoomSummary | undefined): Omit<Counts, "n"> =>
  line
    ? { joined: line.joined, unread: line.unread, mentions: line.mentions }
    : { joined: false, unread: 0, mentions: 0 };

async function agree(it: FeedCase, ann: Person, rooms: string[], devices: Device[], after: unknown): Promise<void> {
  const lines = await list(ann);
  for (const room of rooms) {
    const { n, ...counts } = await recount(it, ann, room);
    const line = lines.find((one) => one.room.id === room);
    const message = `${rooms.indexOf(room)} after ${JSON.stringify(after)}`;
    assert.deepEqual(countsOf(line), counts, `rooms.list of ${message}`);
    if (line) assert.equal(line.n, n);
    for (const { rooms: store } of devices) {
      assert.deepEqual(countsOf(store.summary(room)), counts, `a device's line of ${message}`);
      if (counts.joined) assert.equal(store.summary(room)?.n, n, `a device's count of ${message}`);
    }
  }
}

/** "For you" lists each mention and reaction that stands once, and nothing that does not. */
async function standing(it: FeedCase, ann: Person, rooms: string[]): Promise<void> {
  for (const [at, room] of rooms.entries()) {
    const messages = (await stored(it, room)).filter(({ deletedAt }) => deletedAt === undefined);
    const { joined } = await recount(it, ann, room);
    if (at !== 0 && !joined) continue; // Of a room that one no longer sees an entry names nothing.
    const entries = (await it.entries(ann, "you")).filter((entry) => entry.room === room);
    const listed = (kind: string) =>
      entries.filter((entry) => entry.kind === kind).map(({ seq, by, emoji = "" }) => `${seq} ${by} ${emoji}`).sort();
    const mentioned = messages.filter(({ by, mentions }) => by !== ann.user.id && mentions.includes(ann.user.id));
    assert.deepEqual(listed("mentioned"), mentioned.map(({ seq, by }) => `${seq} ${by} `).sort());
    const reactions = messages.filter(({ by }) => by === ann.user.id).flatMap(({ seq, reactions }) =>
      Object.entries(reactions).flatMap(([emoji, { users }]) => users.map((by) => ({ seq, by, emoji })))
    ).filter(({ by }) => by !== ann.user.id).map(({ seq, by, emoji }) => `${seq} ${by} ${emoji}`);
    const reacted = listed("reacted");
    assert.equal(new Set(reacted).size, reacted.length);
    for (const one of reacted) assert.ok(reactions.includes(one), one);
    if (at === 0) assert.deepEqual(reacted, reactions.sort());
    assert.ok(listed("invited").length <= 1);
  }
}
