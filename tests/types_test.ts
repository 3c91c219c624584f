/**
 * What must not compile. `deno task check` fails where one of these lines begins to: each stands below an
 * `@ts-expect-error` that says what it holds.
 */
import * as z from "zod/mini";
import { command } from "../lib/protocol/command.ts";
import type { Input } from "../lib/protocol/commands.ts";
import type { FeedEvent, Reducers } from "../lib/protocol/events.ts";
import type { EntryKind } from "../lib/protocol/feed.ts";
import type { Database } from "../lib/server/kv/database.ts";
import type { Head, Membership, UserDocument } from "../lib/server/kv/documents.ts";
import { setAt } from "../lib/server/kv/key.ts";
import { keys } from "../lib/server/kv/keys.ts";
import type { AnyEvent, Log, NewEvent } from "../lib/server/log/log.ts";
import type { Message } from "../lib/protocol/messages.ts";
import type { Room } from "../lib/protocol/rooms.ts";

/** Does nothing; what it is given is judged by the compiler. */
const accept = <T>(_: T): void => {};

Deno.test("a command takes no fields of another type", () => {
  const key = "0123456789abcdef";
  accept<Input<"messages.send">>({ room: "r", text: "Hello", key });
  // @ts-expect-error A room is named by a string.
  accept<Input<"messages.send">>({ room: 42, text: "Hello", key });
  // @ts-expect-error A text is a string.
  accept<Input<"messages.send">>({ room: "r", text: { is: "Hello" }, key });
  // @ts-expect-error A message has a text.
  accept<Input<"messages.send">>({ room: "r", key });
  // @ts-expect-error A name is a string.
  accept<Input<"rooms.create">>({ name: 1, visibility: "public" });
  // @ts-expect-error A handle is a string.
  accept<Input<"users.update">>({ handle: 1 });
  // @ts-expect-error Ids are strings.
  accept<Input<"users.get">>({ ids: [1] });
});

Deno.test("a command whose result is a list says that it reads", () => {
  const [input, item] = [z.object({ room: z.string() }), z.object({ seq: z.int() })];
  command({ input, output: z.object({ pins: z.array(item), more: z.boolean() }), verb: "list pins", load: "read" });
  command({ input, output: item, verb: "get pin" });
  // @ts-expect-error One person could have as many of these calls run as they like.
  command({ input, output: z.object({ pins: z.array(item), more: z.boolean() }), verb: "list pins" });
});

/** Is compiled, never run. */
export async function readsWhatItsKeysHold(db: Database) {
  accept<UserDocument | null>((await db.get(keys.user("u1"))).value);
  // @ts-expect-error A person's key holds no room.
  accept<Room | null>((await db.get(keys.user("u1"))).value);
  // @ts-expect-error What stands there is not for the reader to say.
  await db.get<Room>(keys.user("u1"));
  // @ts-expect-error The first part of many keys is none.
  accept<UserDocument | null>((await db.get(keys.users())).value);
  // @ts-expect-error Of a key that keys.ts didn't make nothing is known.
  accept<Room | null>((await db.get(["room", "r1"])).value);

  const [head, room, membership] = await db.getMany([
    keys.head("room:r1"),
    keys.room("r1"),
    keys.membership("u1", "r1"),
  ]);
  accept<Head | null>(head.value);
  accept<Room | null>(room.value);
  accept<Membership | null>(membership.value);
  // @ts-expect-error The first of these keys is a head's.
  accept<Room | null>(head.value);
  const rooms = await db.getMany(["r1", "r2"].map(keys.room));
  accept<(Room | null)[]>(rooms.map(({ value }) => value));

  const [first] = await db.list({ prefix: keys.rooms() }, { limit: 1 });
  accept<Room | undefined>(first?.value);
  // @ts-expect-error These are rooms.
  accept<UserDocument | undefined>(first?.value);
}

/** Is compiled, never run. */
export async function writesWhatItsKeysHold(db: Database, user: UserDocument, room: Room) {
  await db.commit({ sets: [setAt(keys.user("u1"), user), setAt(keys.room("r1"), room)] });
  // @ts-expect-error A person's key takes no room.
  setAt(keys.user("u1"), room);
  // @ts-expect-error A room has a name.
  setAt(keys.room("r1"), { ...room, name: undefined });
  // @ts-expect-error What no `setAt` has checked is not written.
  await db.commit({ sets: [{ key: keys.user("u1"), value: room }] });
}

const toMe = { stream: "user:u1", by: "u1" } as const;
const toRoom = { stream: "room:r1", by: "u1" } as const;

Deno.test("an event is one that the protocol names, with its data", () => {
  accept<NewEvent>({ ...toMe, type: "reads.marked", data: { room: "r1", seq: 1, n: 1 } });
  // @ts-expect-error No event is called so.
  accept<NewEvent>({ ...toRoom, type: "pins.aded", data: { pinn: 1 } });
  // @ts-expect-error A mark has the room's id.
  accept<NewEvent>({ ...toMe, type: "reads.marked", data: { seq: 1, n: 1 } });
  // @ts-expect-error A room's stream carries no marks: who follows would not know the event.
  accept<NewEvent>({ ...toRoom, type: "reads.marked", data: { room: "r1", seq: 1, n: 1 } });
  // @ts-expect-error Of no stream it is known what it carries.
  accept<NewEvent>({ stream: String("user:u1"), by: "u1", type: "reads.marked", data: { room: "r1", seq: 1, n: 1 } });
  // @ts-expect-error A room that somebody left says who, not where.
  accept<NewEvent>({ ...toRoom, type: "rooms.left", data: { room: "r1" } });
});

/** Is compiled, never run. */
export async function appendsWhatTheProtocolNames(log: Log) {
  const left = { ...toRoom, type: "rooms.left", data: { user: "u1" } } as const;
  await log.append<void>(["room:r1"], () => Promise.resolve({ write: () => ({ events: [left], result: undefined }) }));
  const added = { ...toRoom, type: "pins.aded", data: { pinn: 1 } } as const;
  // @ts-expect-error No event is called so.
  await log.append<void>(["room:r1"], () => Promise.resolve({ write: () => ({ events: [added], result: undefined }) }));
}

/** Is compiled, never run. */
export function isNoLogForWhatever(log: Log) {
  // @ts-expect-error Whoever may write anything would write it into this log.
  accept<Log<AnyEvent>>(log);
}

/** Is compiled, never run. */
export function tellsOfMessages(message: Message) {
  accept<NewEvent>({ ...toRoom, type: "messages.edited", about: 1, data: {}, live: { message } });
  // @ts-expect-error Its data would become the message in each replay.
  accept<NewEvent>({ ...toMe, type: "reads.marked", about: 1, data: { room: "r1", seq: 1, n: 1 } });
  // @ts-expect-error It says of no message that it is about it.
  accept<NewEvent>({ ...toRoom, type: "messages.edited", data: {}, live: { message } });
  // @ts-expect-error What a message says is stored once, in its document.
  accept<NewEvent>({ ...toRoom, type: "messages.edited", about: 1, data: { message }, live: { message } });
  // @ts-expect-error Followers get what the reference stands for.
  accept<NewEvent>({ ...toRoom, type: "messages.edited", about: 1, data: {} });
}

Deno.test("each event has its reducer, and each kind of entry its words", () => {
  const done = () => {};
  const all = { "feed.posted": done, "feed.withdrawn": done, "users.updated": done, "users.deactivated": done };
  accept<Reducers<FeedEvent>>(all);
  accept<Reducers<FeedEvent>>({ ...all, "feed.posted": ({ data }) => accept<string>(data.entry.title) });
  const { "feed.withdrawn": _, ...others } = all;
  // @ts-expect-error One is forgotten.
  accept<Reducers<FeedEvent>>(others);
  // @ts-expect-error A withdrawal names an entry, and has none.
  accept<Reducers<FeedEvent>>({ ...all, "feed.withdrawn": ({ data }) => accept<string>(data.entry.title) });
  // @ts-expect-error The feed carries no messages.
  accept<Reducers<FeedEvent>>({ ...all, "messages.sent": done });
  // @ts-expect-error The others are forgotten.
  accept<Record<EntryKind, string>>({ created: "created" });
});
