/**
 * The one oracle of all fault tests (tests/README.md, The oracle): what clients saw and were told, against what is stored.
 * Which fault is tested where stands in tests/README.md, Faults. That the tests would notice: `deno task mutants`.
 */
import assert from "node:assert/strict";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import type { StoredEvent } from "../../lib/server/log/types.ts";
import type { Changer } from "./changer.ts";
import type { Entry } from "./follower.ts";
import { markGoneBack } from "./recount.ts";
import { assertSameList } from "../support/same.ts";
import type { Acknowledged } from "./sender.ts";
import type { Stored } from "./stored.ts";

/** Mentions: a line counts no further. */
export const COUNTED_MAX = 1_000;

export interface Followed {
  name: string;
  entries: Entry[];
  starts: ReadonlyMap<string, string>;
}

/** Every stored stream is dense from 1, ends at its head, and numbers its messages from 1 without a hole. */
export function assertStoredDense({ streams, heads, messages }: Stored): void {
  for (const [stream, events] of streams) {
    events.forEach(({ seq }, at) => assert.equal(seq, at + 1, `${stream} has a hole or a double before seq ${seq}`));
    assert.equal(heads.get(stream)?.seq ?? 0, events.length, `${stream} ends elsewhere than its head says`);
  }
  for (const [room, bySeq] of messages) {
    const numbers = [...bySeq.values()].map(({ n }) => n);
    assertSameList(numbers, numbers.map((_, at) => at + 1), `${room} numbers its messages`);
    assert.equal(heads.get(`room:${room}`)?.n ?? 0, numbers.length, `the head of ${room} counts its messages`);
    for (const seq of bySeq.keys()) {
      assert.equal(streams.get(`room:${room}`)?.[seq - 1]?.type, "messages.sent", `${room} ${seq} has its event`);
    }
  }
}

/** The data of a stored event that is about no message, as followers get them: with offsets for positions of entries. */
function contentOf(event: StoredEvent, offset: Stored["offset"]): string {
  const { entry, told: position, ...named } = Object(event.data);
  if (entry !== undefined) return JSON.stringify({ entry: { ...entry, offset: offset(event) } });
  return JSON.stringify(position === undefined ? event.data : { ...named, offset: offset(position) });
}

/** A follower's log is an exact, gapless, duplicate-free run of each stored stream, from where it began to its end. */
export function assertRuns({ name, entries, starts }: Followed, { streams, offset, messages }: Stored): void {
  const byStream = Map.groupBy(entries, (entry) => entry.stream);
  for (const [stream, start] of starts) {
    const stored = streams.get(stream) ?? [];
    const log = byStream.get(stream) ?? [];
    const first = stored.findIndex((event) => offset(event) === start) + 1; // 0 where it began before the first event
    const line = ({ seq, type, by, at }: Pick<Entry, "seq" | "type" | "by" | "at">) => `${seq} ${type} ${by} ${at}`;
    assertSameList(log.map(line), stored.slice(first).map(line), `${name} saw another ${stream} than is stored`);
    let position = start;
    for (const [at, { from, to, seq, key, content }] of log.entries()) {
      const next = log[at + 1];
      if (from !== position) assert.equal(log[at - 1]?.to, to, `${name}: ${stream} ${seq} is from another position`);
      const last = stored[seq - 1];
      if (!next || next.to !== to) {
        assert.equal(to, last && offset(last), `${name}: ${stream} ${seq} ends its frame`);
        position = to;
      }
      const room = stream.startsWith("room:") ? messages.get(stream.slice("room:".length)) : undefined;
      const about = stored[seq - 1]?.about ?? seq; // an edit, deletion or reaction is about one before it
      assert.equal(key, room?.get(about)?.key, `${name}: ${stream} ${seq} is another message`);
      if (key === undefined) {
        assert.equal(content, last && contentOf(last, offset), `${name}: ${stream} ${seq} tells else`);
      }
    }
  }
}

/** Every acknowledged send is stored exactly once, as it was acknowledged, and nothing else is. */
export function assertSentOnce(acknowledged: Acknowledged[], { messages, streams, offset }: Stored): void {
  const stored = [...messages].flatMap(([room, bySeq]) =>
    [...bySeq].map(([seq, { key, by, text, n }]) => {
      const event = streams.get(`room:${room}`)?.[seq - 1];
      return { by, room, key, text, seq, n, offset: event ? offset(event) : "" };
    })
  );
  const fields = ({ by, room, key, text, seq, n, offset }: Acknowledged) => [key, by, room, text, seq, n, offset];
  const sorted = (list: Acknowledged[]) => list.toSorted((a, b) => a.key < b.key ? -1 : a.key > b.key ? 1 : 0);
  assertSameList(
    sorted(acknowledged).map(fields),
    sorted(stored).map(fields),
    "what is stored is what was acknowledged",
  );
}

/**
 * Every acknowledged edit, deletion and reaction is what the server tells of its message now, no reaction is there that
 * nobody made, and whoever followed ends with the same message. `get` asks for a message as it is now.
 */
export async function assertChanges(
  get: (room: string, seq: number) => Promise<Message>,
  changers: (Pick<Changer, "sent" | "deleted" | "reactions"> & { user: string })[],
  followers: { name: string; changed: ReadonlyMap<string, Message> }[],
): Promise<void> {
  const expected = new Map<string, { text?: string; isDeleted: boolean; reactions: string[] }>();
  const of = (room: string, seq: number) => {
    const name = `${room} ${seq}`;
    const one = expected.get(name) ?? { isDeleted: changers.some((it) => it.deleted.has(name)), reactions: [] };
    expected.set(name, one);
    return one;
  };
  for (const { user, sent, reactions } of changers) {
    for (const { room, seq, text } of sent.values()) of(room, seq).text = text;
    for (const name of reactions) {
      const [room = "", seq, emoji] = name.split(" ");
      const it = of(room, Number(seq));
      if (!it.isDeleted) it.reactions.push(`${emoji} ${user}`);
    }
  }
  for (const { changed } of followers) for (const { room, seq } of changed.values()) of(room, seq);
  for (const [name, { text, isDeleted, reactions }] of expected) {
    const [room = "", seq] = name.split(" ");
    const message = await get(room, Number(seq));
    if (text !== undefined) assert.equal(message.text, text, `the text of ${name}`);
    assert.equal(message.deletedAt !== undefined, isDeleted, `${name} is deleted`);
    const listed = Object.entries(message.reactions).flatMap(([emoji, it]) =>
      it.users.map((user) => `${emoji} ${user}`)
    );
    assert.deepEqual(listed.toSorted(), reactions.toSorted(), `the reactions to ${name}`);
    for (const { name: who, changed } of followers) {
      const seen = changed.get(name);
      if (seen) assert.deepEqual(seen, message, `${who} ends with another ${name}`);
    }
  }
}

/**
 * What somebody sent into a room stands there in the order in which they sent it: keys number it. What was refused at
 * first, and so was asked for again behind others, is left out.
 */
export function assertInOrder(acknowledged: Iterable<Acknowledged>, refused: ReadonlySet<string>): void {
  const ordered = [...acknowledged].filter(({ key }) => !refused.has(key)).toSorted((a, b) => a.key < b.key ? -1 : 1);
  const last = new Map<string, Acknowledged>();
  for (const sent of ordered) {
    const before = last.get(sent.room);
    if (before) assert(before.seq < sent.seq, `${before.key} was sent before ${sent.key} and stands behind it`);
    last.set(sent.room, sent);
  }
}

/** The marks of one who never asked for one to go back only go forward, in every room. */
export function assertNeverBack(person: string, { streams }: Stored): void {
  assert.equal(markGoneBack(streams.get(`user:${person}`) ?? []), undefined, `the marks of ${person}`);
}

/** What a person's list said of their rooms follows from what is stored: messages as they are, and the person's marks. */
export function assertLines(person: string, lines: readonly RoomSummary[], stored: Stored): void {
  for (const { room: { id }, n, unread, mentions } of lines) {
    const messages = stored.messages.get(id);
    if (!messages) continue;
    const mark = stored.marks.get(`${person} ${id}`) ?? { seq: 0, n: 0 };
    const count = stored.heads.get(`room:${id}`)?.n ?? 0;
    const named = [...messages].filter(([seq, it]) => seq > mark.seq && it.mentions?.includes(person)).length;
    assert.deepEqual({ n, unread }, { n: count, unread: count - mark.n }, `what ${person} has to read in ${id}`);
    if (named < COUNTED_MAX) assert.equal(mentions, named, `what mentions ${person} in ${id}`);
  }
}

/** Every mark stands where its last acknowledgement put it, and is what the person's stream told last. */
export function assertMarks(person: string, marks: ReadonlyMap<string, number>, stored: Stored): void {
  for (const [room, n] of marks) {
    const mark = stored.marks.get(`${person} ${room}`) ?? { seq: 0, n: 0 };
    assert.equal(mark.n, n, `the mark of ${person} in ${room}`);
    const marked = stored.streams.get(`user:${person}`)?.findLast(({ type, data }) =>
      type === "reads.marked" && typeof data === "object" && data !== null && "room" in data && data.room === room
    );
    if (marked) assert.deepEqual(marked.data, { room, ...mark }, `what ${person} was told last of ${room}`);
    else assert.equal(n, 0, `${person} was told of a mark in ${room}`);
  }
}
