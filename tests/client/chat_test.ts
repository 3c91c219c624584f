import assert from "node:assert/strict";
import * as z from "zod/mini";
import { createChat } from "../../lib/client/stores/chat.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { pageCommands } from "../../lib/protocol/page_commands.ts";
import { createFakeClock, settled } from "./fake_clock.ts";
import { line, message, messages, offset, sent, user } from "./samples.ts";
import { createScriptedTransport } from "./scripted_transport.ts";

async function setUp() {
  const clock = createFakeClock();
  const transport = createScriptedTransport();
  const posts: string[] = [];
  let keys = 0;
  const chat = createChat({
    me: user("me"),
    transport,
    clock,
    random: () => 0.5,
    probe: () => Promise.resolve("ok"),
    post: (name) => Promise.reject(new Refusal("unavailable", `no session for post ${posts.push(name)}`)),
    rooms: [line("r1", { n: 3 }), line("r2", { n: 30, unread: 2 })],
    users: [user("me"), user("ann")],
    unseen: 0,
    storage: { load: () => Promise.resolve([]), put: () => Promise.resolve(), remove: () => Promise.resolve() },
    newKey: () => `key-number-${String(++keys).padStart(5, "0")}`,
  });
  await chat.open("r1", { messages: messages(1, 3), offset: offset(3), more: false });
  chat.start();
  await settled();
  transport.last().welcome();
  for (const [stream, seq] of [["room:r1", 3], ["user:me", 0]] as const) {
    transport.last().say({ t: "followed", stream, offset: offset(seq), head: offset(seq) });
  }
  transport.last().reply("rooms.list", {
    rooms: [line("r1", { n: 3 }), line("r2", { n: 30, unread: 2 })],
    more: false,
  });
  await settled();
  const say = (from: number, ...list: ReturnType<typeof sent>[]) =>
    transport.last().say({
      t: "events",
      stream: "room:r1",
      from: offset(from),
      to: offset(from + list.length),
      events: list,
    });
  const rows = () => [
    ...chat.current.value?.window.value.messages.map((it) => it.text) ?? [],
    ...chat.outgoing.value.map((it) => `(${it.text})`),
  ];
  return { chat, clock, transport, posts, say, rows };
}

const old = ["message 1", "message 2", "message 3"];

Deno.test("it follows me and the room on screen, and nothing else", async () => {
  const { transport } = await setUp();
  assert.deepEqual(transport.last().all("follow").map((it) => it.streams), [
    { "room:r1": offset(3), "user:me": "now" },
  ]);
});

/** Lists of a room that wait until something on the screen needs them. */
const LOADED_LATER = ["rooms.members"];

Deno.test("once a room is followed, each list of it was asked for", async () => {
  const { chat, transport } = await setUp();
  const body = { room: "r2" };
  void chat.open("r2");
  await settled();
  transport.last().reply("messages.list", { messages: messages(1, 30), offset: offset(30), more: false });
  await settled();
  transport.last().say({ t: "followed", stream: "room:r2", offset: offset(30), head: offset(30) });
  await settled();
  const asked = transport.last().all("call")
    .filter((it) => z.safeParse(z.object({ room: z.literal("r2") }), it.body).success).map(({ name }) => name);
  const lists = Object.entries(pageCommands).filter(([, { input, output }]) =>
    "more" in output.shape && z.safeParse(input, body).success && !z.safeParse(input, {}).success
  ).map(([name]) => name);
  assert.deepEqual(lists.filter((name) => ![...asked, ...LOADED_LATER].includes(name)), []);
  assert.ok(lists.includes("messages.list"));
});

Deno.test("what calls me elsewhere is announced with its badge, from my own stream", async () => {
  const { chat, transport } = await setUp();
  const entry = { kind: "mentioned", room: "r2", seq: 31, n: 31, by: "ann", at: 1, title: "Ann mentioned you" };
  const mention = { entry: { ...entry, offset: offset(1) } };
  const other = { ...mention.entry, kind: "reacted" };
  transport.last().say({
    t: "events",
    stream: "user:me",
    from: offset(0),
    to: offset(2),
    events: [
      { seq: 1, type: "inbox.mentioned", at: 1, by: "ann", data: mention },
      { seq: 2, type: "inbox.reacted", at: 1, by: "ann", data: { entry: other } },
    ],
  });
  transport.last().say({ t: "digest", rooms: { r2: { n: 31, lastAt: 1 } } });
  assert.deepEqual(chat.calling.value, mention.entry);
  assert.deepEqual([chat.rooms.summary("r2")?.mentions, chat.rooms.summary("r2")?.unread], [1, 3]);
});

for (const order of ["reply first", "event first"] as const) {
  Deno.test(`a send shows at once and is never there twice: ${order}`, async () => {
    const { chat, transport, say, rows } = await setUp();
    chat.send("mine");
    assert.deepEqual(rows(), [...old, "(mine)"]);
    const [key] = chat.outgoing.value.map((it) => it.key);
    const mine = message(4, { by: "me", text: "mine", key });
    const steps = [
      () => transport.last().reply("messages.send", { message: mine, offset: offset(4) }),
      () => say(3, sent(mine)),
    ];
    for (const step of order === "reply first" ? steps : steps.reverse()) {
      step();
      await settled();
      assert.deepEqual(rows(), [...old, "mine"]);
    }
    assert.deepEqual(chat.outbox.items.value, []);
    assert.equal(chat.rooms.summary("r1")?.unread, 0);
  });
}

Deno.test("a send whose reply was lost is asked again with its key, and its event settles it", async () => {
  const { chat, transport, clock, rows, say } = await setUp();
  chat.send("mine");
  const [first] = transport.last().open("messages.send");
  transport.last().close(1012);
  await settled();
  assert.deepEqual(rows(), [...old, "(mine)"]);
  clock.advance(1_000);
  transport.last().welcome();
  assert.deepEqual(transport.last().open("messages.send").map((it) => it.body), [first?.body]);
  transport.last().say({ t: "followed", stream: "room:r1", offset: offset(3), head: offset(4) });
  const [key] = chat.outgoing.value.map((it) => it.key);
  say(3, sent(message(4, { by: "me", text: "mine", key })));
  await settled();
  assert.deepEqual(rows(), [...old, "mine"]);
  transport.last().reply("messages.send", {
    message: message(4, { by: "me", text: "mine", key }),
    offset: offset(4),
  });
  await settled();
  assert.deepEqual(rows(), [...old, "mine"]);
});

Deno.test("an equal key of somebody else hides nothing of mine", async () => {
  const { chat, rows, say } = await setUp();
  chat.send("mine");
  const [key] = chat.outgoing.value.map((it) => it.key);
  say(3, sent(message(4, { by: "ann", text: "theirs", key })));
  assert.deepEqual(rows(), [...old, "theirs", "(mine)"]);
});

Deno.test("what comes while I look is read; while I don't, it is unread", async () => {
  const { chat, say, transport } = await setUp();
  say(3, sent(message(4)));
  assert.equal(chat.rooms.summary("r1")?.unread, 1);
  chat.setAttentive(true);
  assert.equal(chat.rooms.summary("r1")?.unread, 0);
  assert.deepEqual(transport.last().open("reads.mark").map((it) => it.body), [{ room: "r1", seq: 4 }]);
  assert.equal(chat.current.value?.firstUnread.value, 4);
  say(4, sent(message(5)));
  assert.equal(chat.rooms.summary("r1")?.unread, 0);
  assert.equal(chat.current.value?.firstUnread.value, 4);
});

Deno.test("what is read as it comes gets no New line, and who answers loses theirs", async () => {
  const { chat, say } = await setUp();
  chat.setAttentive(true);
  say(3, sent(message(4)));
  assert.equal(chat.current.value?.firstUnread.value, undefined);
  chat.setAttentive(false);
  say(4, sent(message(5)));
  assert.equal(chat.current.value?.firstUnread.value, 5);
  chat.send("mine");
  assert.equal(chat.current.value?.firstUnread.value, undefined);
  chat.setAttentive(true);
  say(5, sent(message(6, { by: "me" })), sent(message(7)));
  say(7, sent(message(8)));
  assert.equal(chat.current.value?.firstUnread.value, undefined);
});

Deno.test("what was unread when a room was opened gets its New line, also when it comes by catching up", async () => {
  const { chat, transport, say } = await setUp();
  const opening = chat.open("r2");
  transport.last().reply("messages.list", { messages: [], offset: offset(40), more: false });
  await opening;
  transport.last().say({ t: "digest", rooms: { r1: { n: 5, lastAt: 9 } } });
  await chat.open("r1");
  chat.setAttentive(true);
  transport.last().say({ t: "followed", stream: "room:r1", offset: offset(3), head: offset(5) });
  say(3, sent(message(4)), sent(message(5)));
  assert.equal(chat.current.value?.firstUnread.value, 4);
  assert.equal(chat.rooms.summary("r1")?.unread, 0);
});

Deno.test("what I marked unread stays so while I look, until I write or leave", async () => {
  const { chat, say, transport } = await setUp();
  chat.setAttentive(true);
  const marking = chat.markUnread(message(3));
  transport.last().reply("reads.mark", { n: 2, unread: 1 });
  await marking;
  assert.equal(chat.current.value?.firstUnread.value, 3);
  say(3, sent(message(4)));
  chat.setAttentive(true);
  assert.equal(chat.rooms.summary("r1")?.unread, 2);
  chat.send("mine");
  chat.setAttentive(true);
  assert.equal(chat.rooms.summary("r1")?.unread, 0);
});

Deno.test("marking unread that is refused holds nothing: what comes is read as before", async () => {
  const { chat, say, transport } = await setUp();
  chat.setAttentive(true);
  const marking = assert.rejects(chat.markUnread(message(2)), { code: "unavailable" });
  say(3, sent(message(4)));
  assert.equal(chat.rooms.summary("r1")?.unread, 1);
  transport.last().reply("reads.mark", new Refusal("unavailable", "Cannot mark: no answer came"));
  await marking;
  assert.equal(chat.rooms.summary("r1")?.unread, 0);
  assert.deepEqual(transport.last().open("reads.mark").map((it) => it.body), [{ room: "r1", seq: 4 }]);
});

Deno.test("another room is shown from its newest page and followed from that page's offset", async () => {
  const { chat, transport, rows } = await setUp();
  const opening = chat.open("r2");
  const page = messages(29, 30).map((it) => ({ ...it, room: "r2" }));
  transport.last().reply("messages.list", { messages: page, offset: offset(40), more: true });
  await opening;
  assert.deepEqual(rows(), ["message 29", "message 30"]);
  assert.equal(chat.current.value?.firstUnread.value, 29);
  assert.deepEqual(transport.last().all("unfollow"), [{ t: "unfollow", streams: ["room:r1"] }]);
  assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "room:r2": offset(40) });
  await chat.open("r1");
  assert.deepEqual(rows(), old);
  assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "room:r1": offset(3) });
});

Deno.test("a room whose page was fetched ahead opens with it; what came since is shown once, and nothing is read", async () => {
  const { chat, transport, rows } = await setUp();
  chat.prepare("r2");
  const page = messages(29, 30).map((it) => ({ ...it, room: "r2" }));
  transport.last().reply("messages.list", { messages: page, offset: offset(40), more: true });
  await settled();
  assert.deepEqual([chat.current.value?.room, chat.rooms.summary("r2")?.unread], ["r1", 2]);
  await chat.open("r2");
  assert.deepEqual(rows(), ["message 29", "message 30"]);
  assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "room:r2": offset(40) });
  transport.last().say({ t: "followed", stream: "room:r2", offset: offset(40), head: offset(41) });
  transport.last().say({
    t: "events",
    stream: "room:r2",
    from: offset(40),
    to: offset(41),
    events: [sent(message(31, { room: "r2" }), 41)],
  });
  await settled();
  assert.deepEqual(rows(), ["message 29", "message 30", "message 31"]);
  assert.equal(chat.current.value?.firstUnread.value, 29);
  chat.prepare("r1"); // It is kept.
  chat.prepare("r9"); // The page doesn't know it.
  const calls = transport.last().all("call").map(({ name }) => name);
  assert.deepEqual(calls.filter((it) => it.startsWith("messages.") || it.startsWith("reads.")), ["messages.list"]);
});

Deno.test("what is being opened is not fetched ahead as well, and nothing while there is no session", async () => {
  const { chat, transport, posts } = await setUp();
  const opening = assert.rejects(chat.open("r2"));
  chat.prepare("r2");
  assert.equal(transport.last().open("messages.list").length, 1);
  transport.last().close(1012);
  await opening;
  void chat.open("r1"); // It is kept.
  chat.prepare("r2");
  assert.deepEqual(posts, []);
});

Deno.test("of two rooms opened quickly the last one stays", async () => {
  const { chat, transport } = await setUp();
  const slow = chat.open("r2");
  const back = chat.open("r1");
  transport.last().reply("messages.list", { messages: [], offset: offset(40), more: false });
  await Promise.all([slow, back]);
  assert.equal(chat.current.value?.room, "r1");
});

for (const reason of ["trimmed", "epoch"] as const) {
  Deno.test(`after gone: ${reason} the room is loaded afresh and followed from there; nothing of mine is lost`, async () => {
    const { chat, transport, rows } = await setUp();
    chat.send("mine");
    transport.last().say({ t: "gone", stream: "room:r1", reason, head: offset(90) });
    transport.last().reply("messages.list", { messages: messages(89, 90), offset: offset(90), more: true });
    await settled();
    assert.deepEqual(rows(), ["message 89", "message 90", "(mine)"]);
    assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "room:r1": offset(90) });
  });
}

for (const reason of ["removed", "not_found"] as const) {
  Deno.test(`after gone: ${reason} the room is lost`, async () => {
    const { chat, transport } = await setUp();
    transport.last().say({ t: "gone", stream: "room:r1", reason });
    await settled();
    assert.equal(chat.lost.value, "r1");
    assert.deepEqual(transport.last().open("messages.list"), []);
  });
}

Deno.test("a room that was lost while I looked is opened afresh once I go there again", async () => {
  const { chat, transport, rows } = await setUp();
  transport.last().say({ t: "gone", stream: "room:r1", reason: "removed" });
  const opening = chat.open("r1");
  transport.last().reply("messages.list", { messages: messages(1, 4), offset: offset(6), more: false });
  await opening;
  assert.equal(chat.lost.value, undefined);
  assert.deepEqual(rows(), [...old, "message 4"]);
  assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "room:r1": offset(6) });
});

Deno.test("a person's stream that is gone is followed anew, and the room list read again behind it", async () => {
  const { chat, transport } = await setUp();
  transport.last().say({ t: "gone", stream: "user:me", reason: "trimmed" });
  assert.deepEqual(transport.last().all("follow").at(-1)?.streams, { "user:me": "now" });
  transport.last().say({ t: "followed", stream: "user:me", offset: offset(7), head: offset(7) });
  transport.last().reply("rooms.list", { rooms: [line("r9")], more: false });
  await settled();
  assert.deepEqual(chat.rooms.summaries.value.map((it) => it.room.id), ["r9"]);
});

Deno.test("a room that the page doesn't have is opened as it is on the server; one that is not there rejects", async () => {
  const { chat, transport } = await setUp();
  const opened = chat.open("r7");
  await settled();
  transport.last().reply("rooms.get", { room: line("r7").room, line: { ...line("r7", { n: 4 }), joined: false } });
  await settled();
  transport.last().reply("messages.list", { messages: [message(1)], offset: offset(1), more: false });
  await opened;
  assert.equal(chat.current.value?.room, "r7");
  assert.deepEqual([chat.rooms.summary("r7")?.joined, chat.rooms.summary("r7")?.n], [false, 4]);

  const refused = chat.open("r8");
  await settled();
  transport.last().reply("rooms.get", new Refusal("not_found", "there is no such room"));
  await assert.rejects(refused, Refusal);
  assert.equal(chat.current.value?.room, "r7");
});
