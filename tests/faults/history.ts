/**
 * A history that a seed draws, of people who do several things at once in one process, and what each was acknowledged.
 * Its checks need no further append: after each turn everybody has been told what was acknowledged in it.
 */
import assert from "node:assert/strict";
import { parseOffset } from "../../lib/server/log/offset.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { roomStream, userStream } from "../../lib/protocol/streams.ts";
import { newKey, type Person, type Workspace } from "../support/services.ts";
import { createListener, type Listener } from "./listener.ts";
import type { Random } from "./random.ts";
import { createMessageCheck, type MessageCheck } from "./message_check.ts";

const AT_ONCE_MAX = 8; // things done in one turn
const EMOJI = ["👍", "🌊", "🦦"];
const KNOWN_MAX = 20; // messages of a room that may still be changed

export interface Sent {
  key: string;
  text: string;
  by: Person;
  message: Message;
  offset: string;
}

export interface History {
  readonly people: readonly Person[];
  readonly rooms: readonly string[];
  readonly messageCheck: MessageCheck;
  /** By person, a listener to the rooms and to their own stream. */
  readonly listeners: ReadonlyMap<Person, Listener>;
  /** By room, in the order in which they were asked for. */
  readonly sent: ReadonlyMap<string, readonly Sent[]>;
  /** `<room> <seq>` → the text that was acknowledged last; "" of a deleted one. */
  readonly texts: ReadonlyMap<string, { text: string; rev: number }>;
  /** `<room> <seq>` → `<emoji> <user>` of each reaction. */
  readonly reactions: ReadonlyMap<string, ReadonlySet<string>>;
  /** `<user> <room>` → where the mark is known to stand. */
  readonly marks: ReadonlyMap<string, number>;
  /** Does some things at once, and waits until everybody was told of them. */
  turn(): Promise<void>;
  /** One sends one message, and waits likewise. */
  say(room: string, by: Person, text: string): Promise<Sent>;
  /** One has read a room so far, and waits likewise. */
  read(by: Person, { message }: Sent): Promise<void>;
  close(): void;
}

type Doing = () => Promise<number>;

/** People in a public and a private room, from their first event on. */
export async function createHistory({ services, owner, join }: Workspace, random: Random): Promise<History> {
  const actions = [owner, await join("ann"), await join("ben")];
  const people = [...actions, await join("cleo")]; // who does nothing, and so has all that mentions her unread
  const byHandle = new Map(people.map(({ user }) => [user.handle, user.id]));
  const messageCheck = createMessageCheck(byHandle);
  const rooms: string[] = [];
  for (const visibility of ["public", "private"] as const) {
    const { room } = await owner.call("rooms.create", { name: visibility, visibility });
    for (const { user } of people.slice(1)) await owner.call("rooms.addMember", { room: room.id, user: user.id });
    rooms.push(room.id);
  }
  const listeners = new Map<Person, Listener>();
  for (const person of people) {
    const listener = createListener(services.hub, person.user, messageCheck);
    listeners.set(person, listener);
    for (const stream of [...rooms.map(roomStream), userStream(person.user.id)]) await listener.follow(stream, "-1");
  }

  const sent = new Map<string, Sent[]>(rooms.map((room) => [room, []]));
  const texts = new Map<string, { text: string; rev: number }>();
  const reactions = new Map<string, Set<string>>();
  const marks = new Map<string, number>();
  const pick = <T>(list: readonly T[]): T => {
    const one = list[random.between(0, list.length - 1)];
    assert.ok(one !== undefined, "nothing to pick");
    return one;
  };
  const known = (room: string) => (sent.get(room) ?? []).filter(({ message }) => message.seq > 0).slice(-KNOWN_MAX);
  const placeOf = (room: string, seq: number) => `${room} ${seq}`;

  function acknowledged(message: Message, by: Person): number {
    messageCheck.take(message, `the answer to ${by.user.handle}`);
    const name = placeOf(message.room, message.seq);
    if (message.rev > (texts.get(name)?.rev ?? 0)) texts.set(name, { text: message.text, rev: message.rev });
    return message.rev;
  }

  function marked(by: Person, room: string, n: number): void {
    const name = `${by.user.id} ${room}`;
    marks.set(name, Math.max(n, marks.get(name) ?? 0));
  }

  /** Asks in this very turn; whoever sends the same again at once gets the same. */
  async function send(room: string, by: Person, text: string, again = false): Promise<number> {
    const key = newKey();
    const asked = [1, ...(again ? [2] : [])].map(() => by.call("messages.send", { room, key, text }));
    const place = (sent.get(room) ?? []).push({ key, text, by, message: NOTHING, offset: "" }) - 1;
    const [answer, ...others] = await Promise.all(asked);
    assert.ok(answer);
    for (const other of others) {
      assert.deepEqual([other.message.seq, other.offset], [answer.message.seq, answer.offset]);
    }
    const { message, offset } = answer;
    sent.get(room)?.splice(place, 1, { key, text, by, message, offset });
    assert.equal(parseOffset(offset)?.seq, message.seq);
    marked(by, room, message.n ?? 0);
    return acknowledged(message, by);
  }

  /** Of what was deleted meanwhile nothing is changed. */
  async function change(by: Person, asked: Promise<{ message: Message }>): Promise<number> {
    try {
      return acknowledged((await asked).message, by);
    } catch (error) {
      if (error instanceof Refusal && error.code === "conflict") return 0;
      throw error;
    }
  }

  function words(): string {
    const { user } = pick(people);
    return pick(["_said_ twice", "`code` here", `@${user.handle} look`, "plain", `for @${user.handle}, **now**`]);
  }

  /** Things to do in a room, none of which depends on another's coming first. */
  function draw(room: string): Doing[] {
    const taken = new Set<string>();
    const free = (name: string) => !taken.has(name) && taken.add(name) !== undefined;
    return Array.from({ length: random.between(1, AT_ONCE_MAX) }, (): Doing | undefined => {
      const [by, what] = [pick(actions), random.between(0, 9)];
      if (known(room).length < 3 || what < 4) {
        const text = words();
        const again = random.between(0, 5) === 0;
        return () => send(room, by, text, again);
      }
      const one = pick(known(room));
      const { seq, n = 0 } = one.message;
      const name = placeOf(room, seq);
      if (what === 4 && free(name)) {
        const text = `${words()} ${random.between(0, 99)}`;
        return () => change(one.by, one.by.call("messages.edit", { room, seq, text }));
      }
      if (what === 5 && random.between(0, 3) === 0 && free(name)) {
        reactions.delete(name);
        return () => change(one.by, one.by.call("messages.delete", { room, seq }));
      }
      if (what < 8) {
        const emoji = pick(EMOJI);
        return texts.get(name)?.text !== "" && free(name) ? react(room, seq, by, emoji) : undefined;
      }
      return async () => {
        const { n: at } = await by.call("reads.mark", { room, seq });
        assert.ok(at >= n, `a mark at ${n} is answered with ${at}`);
        marked(by, room, n);
        return 0;
      };
    }).filter((doing) => doing !== undefined);
  }

  /** All of some people react at once, or take it back. */
  function react(room: string, seq: number, by: Person, emoji: string): Doing {
    const name = placeOf(room, seq);
    const mine = reactions.get(name) ?? new Set();
    reactions.set(name, mine);
    const who = actions.filter((person) => person === by || random.between(0, 1) === 0);
    return async () => {
      const seqs = await Promise.all(who.map(async (person) => {
        const [reaction, body] = [`${emoji} ${person.user.id}`, { room, seq, emoji }];
        const isOn = mine.has(reaction);
        if (isOn) mine.delete(reaction);
        else mine.add(reaction);
        return await change(person, person.call(isOn ? "messages.unreact" : "messages.react", body));
      }));
      return Math.max(...seqs);
    };
  }

  async function heardByAll(room: string, seq: number): Promise<void> {
    await Promise.all([...listeners.values()].map((listener) => listener.heard(roomStream(room), seq)));
    for (const [person, { until, events }] of listeners) {
      const due = marks.get(`${person.user.id} ${room}`) ?? 0;
      const mark = () =>
        events.get(userStream(person.user.id))?.findLast(({ type, data }) =>
          type === "reads.marked" && Object(data).room === room
        );
      await until(() => Number(Object(mark()?.data).n ?? 0) >= due, `the mark at ${due} in ${room}`);
    }
  }

  return {
    people,
    rooms,
    messageCheck,
    listeners,
    sent,
    texts,
    reactions,
    marks,
    async turn() {
      const room = pick(rooms);
      const doings = draw(room); // all drawn before the first is done, or its answer's time would count
      await heardByAll(room, Math.max(0, ...await Promise.all(doings.map((doing) => doing()))));
    },
    async say(room, by, text) {
      await heardByAll(room, await send(room, by, text));
      const last = sent.get(room)?.at(-1);
      assert.ok(last);
      return last;
    },
    async read(by, { message: { room, seq, n = 0 } }) {
      assert.equal((await by.call("reads.mark", { room, seq })).n, n);
      marked(by, room, n);
      await heardByAll(room, seq);
    },
    close() {
      for (const listener of listeners.values()) listener.close();
    },
  };
}

/** Stands for a message until it is acknowledged. */
const NOTHING: Message = {
  room: "",
  seq: 0,
  rev: 0,
  key: "",
  by: "",
  at: 0,
  text: "",
  body: [],
  reactions: {},
  mentions: [],
};
