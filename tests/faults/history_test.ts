/**
 * Histories in one process: several people act at once, in an order that a seed draws, and all that followers get is
 * compared with what was done. Each commit is delivered without the help of a later one; counts are those that the
 * events make; whoever follows later gets the same from the ring or from storage.
 */
import assert from "node:assert/strict";
import { StorageFull } from "../../lib/server/kv/database.ts";
import { createServices, type Services } from "../../lib/server/services.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { roomStream, userStream } from "../../lib/protocol/streams.ts";
import { newKey, type Person, testConfig, withWorkspace, type Workspace } from "../support/services.ts";
import { assertSameList } from "../support/same.ts";
import { createHistory, type History } from "./history.ts";
import { createListener, type Listener } from "./listener.ts";
import { chosenSeed, createRandom, type Random } from "./random.ts";
import { markGoneBack, recountLine, recountMarks, recountRoom, type SeenEvent } from "./recount.ts";
import { createMessageCheck } from "./message_check.ts";
import { within } from "./within.ts";

const TURNS = 400;
const TURNS_BETWEEN_CHECKS = 100;
const TURNS_BETWEEN_COUNTS = 10;
const PLACES_A_CHECK = 4;
const ALONE = 1_200; // messages, each in a commit of its own
const COUNTED_EVERY = 40; // within what a line counts
const ROOMS = 100;
const PAGE = 100;
const DIGEST_MS = 2_000;

/** All events of a stream, as a listener from its first event on was told them. */
const all = (listener: Listener | undefined, stream: string): readonly SeenEvent[] =>
  listener?.events.get(stream) ?? [];

/** What each person's list says is what the events make: unread, mentions, numbers and times. */
async function assertCounted({ people, rooms, listeners }: History): Promise<void> {
  for (const person of people) {
    const listener = listeners.get(person);
    const marks = recountMarks(all(listener, userStream(person.user.id)));
    const { rooms: lines } = await person.call("rooms.list", {});
    for (const id of rooms) {
      const found = lines.find(({ room }) => room.id === id);
      assert.ok(found, `${id} is in the list`);
      const { joined, n, lastAt, unread, mentions, mentioned } = found;
      const due = recountLine(recountRoom(all(listener, roomStream(id))), person.user.id, marks.get(id));
      assert.deepEqual(
        { joined, n, lastAt, unread, mentions, mentioned },
        due,
        `${person.user.handle}'s line of ${id}`,
      );
    }
  }
}

async function listed(person: Person, room: string): Promise<Message[]> {
  const messages: Message[] = [];
  for (let more = true; more;) {
    const page = await person.call("messages.list", { room, after: messages.at(-1)?.seq ?? 0, limit: PAGE });
    messages.push(...page.messages);
    more = page.more;
  }
  return messages;
}

/** What is told, listed and acknowledged of each message is one thing, and what people did to it. */
async function assertMessages(
  { people, rooms, listeners, sent, texts, reactions, messageCheck }: History,
): Promise<void> {
  const [person] = people;
  assert.ok(person);
  for (const room of rooms) {
    const recounted = recountRoom(all(listeners.get(person), roomStream(room))).messages;
    const messages = await listed(person, room);
    assertSameList(messages, [...recounted.values()].toSorted((a, b) => a.seq - b.seq), `${room} as it is listed`);
    const asked = sent.get(room) ?? [];
    assert.equal(messages.length, asked.length);
    for (const message of messages) {
      messageCheck.take(message, "the list");
      const name = `${room} ${message.seq}`;
      const { text } = texts.get(name) ?? {};
      assert.equal(message.text, text, `the text of ${name}`);
      assert.equal(message.deletedAt !== undefined, text === "", `${name} is deleted`);
      const reacted = Object.entries(message.reactions).flatMap(([emoji, it]) =>
        it.users.map((id) => `${emoji} ${id}`)
      );
      assert.deepEqual(reacted.toSorted(), [...reactions.get(name) ?? []].toSorted(), `the reactions to ${name}`);
      for (const { count, users } of Object.values(message.reactions)) assert.equal(count, users.length);
    }
    for (const one of people) {
      const seqs = asked.filter(({ by }) => by === one).map(({ message }) => message.seq);
      assertSameList(seqs, seqs.toSorted((a, b) => a - b), `what ${one.user.handle} sent is in its order`);
    }
  }
}

/** Nobody asked for a mark to go back: none does, and each stands where it was put last. */
function assertMarks({ people, rooms, listeners, marks }: History): void {
  for (const person of people) {
    const own = all(listeners.get(person), userStream(person.user.id));
    assert.equal(markGoneBack(own), undefined);
    const recounted = recountMarks(own);
    for (const room of rooms) {
      assert.equal(
        recounted.get(room)?.n ?? 0,
        marks.get(`${person.user.id} ${room}`) ?? 0,
        `${person.user.handle}'s mark`,
      );
    }
  }
}

/** Whoever comes now, from anywhere, is told the rest of a stream, each message as it is now. */
async function assertReplayed({ hub, log }: Services, history: History, random: Random): Promise<void> {
  const [person] = history.people;
  assert.ok(person);
  const streams = [...history.rooms.map(roomStream), userStream(person.user.id)];
  for (const stream of streams) {
    const live = all(history.listeners.get(person), stream);
    const last = live.at(-1)?.seq ?? 0;
    const now = stream.startsWith("room:") ? recountRoom(live).messages : new Map<number, Message>();
    const near = [last - 1, last - random.between(2, 30)]; // those who were here a moment ago
    const places = [0, ...near, ...Array.from({ length: PLACES_A_CHECK }, () => random.between(1, last))];
    for (const seq of places.filter((it) => it >= 0)) {
      const late = createListener(hub, person.user, history.messageCheck);
      const [event] = seq === 0 ? [] : await log.read(stream, seq - 1, 1);
      await late.follow(stream, event ? log.offset(event) : "-1");
      assert.equal(late.gone.get(stream), undefined);
      if (seq < last) await late.heard(stream, last);
      const due = live.slice(seq).map((event) => {
        const about = Object(event.data).message?.seq;
        return about === undefined ? event : { ...event, data: { message: now.get(about) } };
      });
      assertSameList(all(late, stream), due, `${stream} from ${seq}`);
      if (event) {
        const other = event.tag.startsWith("A") ? "B" : "A";
        await late.follow(stream, log.offset({ seq, tag: other + event.tag.slice(1) }));
        assert.equal(late.gone.get(stream), "epoch", `another tag at ${seq} of ${stream}`);
      }
      late.close();
    }
  }
}

/** The same services as a process that was started now has them: nothing of theirs is cached. It only reads. */
async function asStartedNow({ services, clock }: Workspace, body: (it: Services) => Promise<void>): Promise<void> {
  const commit = () => Promise.reject(new StorageFull("it only reads"));
  const db = { ...services.db, commit, close: () => {} };
  const failed = (error: unknown) => assert.fail(String(error));
  const now = () => clock.now;
  const started = await createServices({ config: testConfig, db, shared: false, now, failed });
  try {
    await body(started);
  } finally {
    started.close();
  }
}

Deno.test(`${TURNS} turns of several things at once: each is delivered by itself, in order, counted, and replayed as it is now`, () => {
  const random = createRandom(chosenSeed("history"));
  return withWorkspace(async (workspace) => {
    const history = await createHistory(workspace, random.fork());
    for (let turn = 1; turn <= TURNS; turn++) {
      workspace.clock.now += 1_000;
      await history.turn();
      if (turn % TURNS_BETWEEN_COUNTS === 0) await assertCounted(history);
      if (turn % TURNS_BETWEEN_CHECKS > 0) continue;
      assertMarks(history);
      await assertMessages(history);
      await assertReplayed(workspace.services, history, random);
      await asStartedNow(workspace, (started) => assertReplayed(started, history, random));
      const [again] = (history.sent.get(history.rooms[0] ?? "") ?? []).slice(-30);
      assert.ok(again);
      const { key, text, by, message: { room, seq }, offset } = again;
      const answer = await by.call("messages.send", { room, key, text });
      assert.deepEqual([answer.message.seq, answer.offset], [seq, offset], "the same key gives the same message");
    }
    assert.deepEqual(workspace.errors, []);
    console.log(`${history.messageCheck.count} messages, each rev once`);
    history.close();
  });
});

Deno.test(`${ALONE} messages, each in a commit of its own, are delivered before the next one comes, and mentions counted`, () =>
  withWorkspace(async (workspace) => {
    const history = await createHistory(workspace, createRandom(1));
    const [room = ""] = history.rooms;
    const [owner, ann] = history.people;
    assert.ok(owner && ann);
    for (let n = 1; n <= ALONE; n++) {
      const sent = await history.say(room, owner, `@ann message ${n}`);
      assert.equal(sent.message.n, n);
      if (n % COUNTED_EVERY > 0) continue;
      await assertCounted(history);
      await history.read(ann, sent);
      await assertCounted(history);
    }
    history.close();
  }));

Deno.test(`the digest of ${ROOMS} rooms that each get a message has them all within ${DIGEST_MS} ms`, () =>
  withWorkspace(async ({ services, owner, clock }) => {
    const rooms: string[] = [];
    for (let n = 0; n < ROOMS; n++) {
      rooms.push((await owner.call("rooms.create", { name: `room ${n}`, visibility: "public" })).room.id);
    }
    const due = new Map<string, { n: number; lastAt: number }>();
    const say = async (to: string[]) => {
      clock.now += 1_000;
      await Promise.all(to.map((room) => owner.call("messages.send", { room, key: newKey(), text: "hello" })));
      for (const room of to) due.set(room, { n: (due.get(room)?.n ?? 0) + 1, lastAt: clock.now });
    };
    const listener = createListener(services.hub, owner.user, createMessageCheck(new Map()));
    const digested = async () => {
      const isWhole = () => [...due].every(([room, { n }]) => listener.digest.get(room)?.n === n);
      await within(DIGEST_MS, () => JSON.stringify([...listener.digest]), listener.until(isWhole, "the whole digest"));
      assert.deepEqual(new Map(rooms.map((room) => [room, listener.digest.get(room)])), due);
    };
    await say(rooms);
    await say(rooms.slice(0, 30)); // so that they are not all alike
    await say(rooms.slice(20, 60));
    await listener.greet();
    await digested();
    for (const some of [rooms, rooms.slice(10)]) {
      await say(some);
      await digested();
    }
    listener.close();
  }));
