/** The feed of a room is what the whole feed has of it, whatever was withdrawn and restored, and however it is paged. */
import assert from "node:assert/strict";
import { prefixOf } from "../../../lib/server/kv/key.ts";
import { trim } from "../../../lib/server/log/trim.ts";
import { QUIET_MS } from "../../../lib/server/messages/notifying.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import type { Entry, FeedView } from "../../../lib/protocol/feed.ts";
import { FEED, userStream } from "../../../lib/protocol/streams.ts";
import { chosenSeed, createRandom, type Random } from "../../faults/random.ts";
import type { Person } from "../../support/services.ts";
import { newKey } from "../../support/services.ts";
import { type FeedCase, withFeed } from "./with_feed.ts";

const ROUNDS = 100;
const AT_ONCE_MAX = 5;
const RECENT = 8; // messages that something is done to
const KEPT_LONGEST_MS = 40 * 86_400_000;
const VIEWS: FeedView[] = ["you", "everything"];

interface Scene {
  people: Person[];
  rooms: string[];
  board: string; // private: people come and go
  sent: { by: Person; room: string; seq: number }[];
}

const pick = <T>(random: Random, some: T[]): T => {
  const one = some[random.between(0, some.length - 1)];
  assert.ok(one !== undefined);
  return one;
};

/** Does something at random; some of it is refused. */
async function act(random: Random, { people, rooms, board, sent }: Scene): Promise<void> {
  const by = pick(random, people);
  const mentioned = people.filter(() => random.next() < 0.5).map(({ user }) => `@${user.handle}`);
  const text = `Look ${mentioned.join(" ")}`;
  const message = sent.length > 0 && random.next() < 0.8 ? pick(random, sent.slice(-RECENT)) : undefined;
  if (!message) {
    const room = pick(random, rooms);
    const { message } = await by.call("messages.send", { room, text, key: newKey() }).catch(refused) ?? {};
    if (message) sent.push({ by, room, seq: message.seq });
    return;
  }
  const { room, seq } = message;
  const emoji = pick(random, ["👍", "🎉"]);
  const member = { room: board, user: pick(random, people).user.id };
  await pick(random, [
    () => message.by.code("messages.edit", { room, seq, text }),
    () => message.by.code("messages.edit", { room, seq, text }),
    () => by.code("messages.react", { room, seq, emoji }),
    () => by.code("messages.unreact", { room, seq, emoji }),
    () => by.code("reads.mark", { room, seq }),
    () => by.code(random.next() < 0.5 ? "rooms.addMember" : "rooms.removeMember", member),
    () => message.by.code(random.next() < 0.2 ? "messages.delete" : "messages.get", { room, seq }),
  ])();
}

function refused(error: unknown): undefined {
  assert.ok(error instanceof Refusal, String(error));
}

/** All that a view shows a person, of one room if one is named, page by page. */
async function pages(person: Person, view: FeedView, limit: number, room?: string): Promise<Entry[]> {
  const all: Entry[] = [];
  for (let more = true; more;) {
    const before = all.at(-1)?.offset;
    const page = await person.call("feed.list", {
      view,
      limit,
      ...(room !== undefined && { room }),
      ...(before !== undefined && { before }),
    });
    assert.ok(!page.more || page.entries.length === limit, "only a full page has more behind it");
    all.push(...page.entries);
    more = page.more;
  }
  return all;
}

/** That rooms' lists say what the whole ones do. Gives how many entries that was about. */
async function assertSame({ people, rooms }: Scene, limits: number[]): Promise<number> {
  let count = 0;
  for (const person of people) {
    const seen = new Set((await person.call("rooms.list", {})).rooms.map(({ room }) => room.id));
    for (const view of VIEWS) {
      const whole = await pages(person, view, 100);
      for (const room of rooms) {
        if (!seen.has(room) && await person.code("feed.list", { view, room }) === "not_found") continue;
        const due = whole.filter((entry) => entry.room === room);
        for (const limit of limits) assert.deepEqual(await pages(person, view, limit, room), due);
        count += due.length;
      }
    }
  }
  return count;
}

/** That each entry about a room is stored by its room as well, and nothing else is. */
async function assertStored({ services: { db } }: FeedCase): Promise<void> {
  const [entries, byRoom] = await Promise.all([
    db.list({ prefix: prefixOf<{ entry: Entry }>("entry") }, { limit: 10_000 }),
    db.list({ prefix: ["room_entry"] }, { limit: 10_000 }),
  ]);
  const due = entries.flatMap(({ key: [, stream, seq], value }) =>
    value.entry.room === undefined ? [] : [[["room_entry", stream, value.entry.room, seq], value] as const]
  );
  const sorted = (all: (readonly [unknown, unknown])[]) => all.map((it) => JSON.stringify(it)).sort();
  assert.deepEqual(sorted(byRoom.map(({ key, value }) => [key, value] as const)), sorted(due));
}

Deno.test("a room's feed is the whole feed's entries about it, after all that can become of entries", () =>
  withFeed(async (it) => {
    const random = createRandom(chosenSeed("feed by room"));
    const { owner, join, room, lobby, clock, services } = it;
    const [ann, bo, cy] = [await join("ann"), await join("bo"), await join("cy")];
    const people = [owner, ann, bo, cy];
    const board = (await room(owner, "board", "private", [ann, bo])).id;
    const direct = await ann.call("rooms.direct", { users: [owner.user.id, bo.user.id] });
    const rooms = [lobby, (await room(bo, "gauges", "public", people)).id, board, direct.room.id];
    const scene: Scene = { people, rooms, board, sent: [] };

    for (let round = 1; round <= ROUNDS; round++) {
      clock.now += random.next() < 0.1 ? QUIET_MS : 1_000;
      const sources = Array.from({ length: random.between(1, AT_ONCE_MAX) }, () => random.fork());
      await Promise.all(sources.map((one) => act(one, scene)));
      if (round % 20 === 0) {
        await assertSame(scene, [1, 7]);
        await assertStored(it);
      }
    }
    const streams = [FEED, ...people.map(({ user }) => userStream(user.id))];
    const events = (await Promise.all(streams.map((stream) => services.log.read(stream, 0, 1_000)))).flat();
    for (const type of ["inbox.withdrawn", "inbox.restored"]) assert.ok(events.some((one) => one.type === type), type);

    // Entries are listed for longer than the log keeps their events.
    clock.now += KEPT_LONGEST_MS;
    for (const stream of streams) {
      await trim({
        db: services.db,
        log: services.log,
        now: () => clock.now,
        keepEvents: 5,
      }, stream);
    }
    assert.ok(await assertSame(scene, [1, 3, 100]) > 20);
    await assertStored(it);
  }));
