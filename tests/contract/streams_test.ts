/** Streams, offsets and events over a WebSocket to the real server (lib/protocol/README.md §4, §5). */
import assert from "node:assert/strict";
import type { ServerFrames } from "../../lib/protocol/frames.ts";
import { openSocket, type Socket } from "./socket.ts";
import { type Contact, textIn, withServer } from "./with_server.ts";

const DIGEST_MS = 2_000; // within which a change is delivered
const SLOW_MACHINE_MS = 1_000;
const OFFSET = /^[A-Za-z0-9_-]{1,64}$/;

Deno.test("streams over a WebSocket", async (t) => {
  await withServer(async (contact) => {
    const { server, owner, member, done } = contact;
    let keys = 0;
    const send = (room: string, text = "x") =>
      done(owner.api, "messages.send", { room, text, key: `streams-${String(++keys).padStart(16, "0")}` });
    const newRoom = async (visibility: string) =>
      textIn(await done(owner.api, "rooms.create", { name: `room ${++keys}`, visibility }), "room", "id");
    const open = () => openSocket(server, owner.api);
    const steps: [what: string, body: (socket: Socket) => Promise<void>][] = [
      ["welcome is the first frame and digest the second, also without rooms", async (socket) => {
        await socket.frame("digest");
        const [welcome, digest] = socket.seen;
        assert.equal(welcome?.t, "welcome");
        assert.equal(digest?.t, "digest");
        assert(
          welcome?.t === "welcome" && welcome.v === 1 && welcome.user.id === owner.id && welcome.transport === "ws",
        );
        const sessions = await done(owner.api, "sessions.list", {});
        assert(JSON.stringify(sessions).includes(`"${welcome.session}"`), "`session` is the public id");
      }],
      ["-1 gives everything, each `from` is the last `to`, and a message event carries the message", async (socket) => {
        const room = await newRoom("public");
        for (let n = 0; n < 5; n++) await send(room, `message ${n}`);
        const stream = `room:${room}`;
        await socket.say({ t: "follow", streams: { [stream]: "-1" } });
        const followed = await socket.frame("followed");
        let position = followed.offset;
        const events = [];
        while (position !== followed.head) {
          const frame = await socket.frame("events");
          assert.deepEqual([frame.stream, frame.from], [stream, position]);
          assert(frame.to > position, "offsets sort as text");
          assert.match(frame.to, OFFSET);
          position = frame.to;
          events.push(...frame.events);
        }
        assert.deepEqual(events.map(({ seq }) => seq), events.map((_, at) => at + 1), "dense from 1");
        const texts = events.flatMap(({ type, data }) =>
          type === "messages.sent" ? [textIn(data, "message", "text")] : []
        );
        assert.deepEqual(texts, ["message 0", "message 1", "message 2", "message 3", "message 4"]);
        const answer = await send(room, "live");
        const live = await socket.frame("events");
        assert.deepEqual([live.from, live.to], [position, textIn(answer, "offset")]);
      }],
      ["any offset resumes exactly after it; following again moves", async (socket) => {
        const room = await newRoom("private");
        const offsets: string[] = [];
        for (let n = 0; n < 4; n++) offsets.push(textIn(await send(room), "offset"));
        const stream = `room:${room}`;
        for (const [at, offset] of offsets.entries()) {
          await socket.say({ t: "follow", streams: { [stream]: offset } });
          const followed: ServerFrames["followed"] = await socket.frame("followed");
          assert.equal(followed.offset, offset);
          assert.equal(followed.head, offsets.at(-1));
          let position = followed.offset;
          let count = 0;
          while (position !== followed.head) {
            const frame = await socket.frame("events");
            assert.equal(frame.from, position);
            position = frame.to;
            count += frame.events.length;
          }
          assert.equal(count, offsets.length - 1 - at);
        }
      }],
      ["now is the tail; `me` is my own stream", async (socket) => {
        const room = await newRoom("public");
        const offset = textIn(await send(room), "offset");
        await socket.say({ t: "follow", streams: { [`room:${room}`]: "now" } });
        const followed = await socket.frame("followed");
        assert.deepEqual([followed.offset, followed.head], [offset, offset]);
        await socket.say({ t: "follow", streams: { me: "now" } });
        assert.equal((await socket.frame("followed")).stream, `user:${owner.id}`, "frames carry the full name");
        await send(room);
        const marked = await socket.frame("events", (it) => it.stream === `user:${owner.id}`);
        assert.deepEqual(marked.events.map(({ type }) => type), ["reads.marked"]);
      }],
      [
        "a text that was never an offset here is gone by epoch; a stream that isn't mine is not_found",
        async (socket) => {
          const room = await newRoom("public");
          const offset = textIn(await send(room), "offset");
          const other = await send(await newRoom("public"));
          const texts = [
            "nonsense",
            "",
            "-2",
            `${offset}x`,
            offset.slice(0, -1),
            offset.toLowerCase(),
            textIn(other, "offset"),
          ];
          for (const text of texts.filter((it) => it !== offset)) {
            await socket.say({ t: "follow", streams: { [`room:${room}`]: text } });
            const gone = await socket.frame("gone");
            assert.deepEqual([gone.stream, gone.reason], [`room:${room}`, "epoch"], text);
            assert.match(gone.head ?? "", OFFSET);
          }
          for (const stream of ["room:none", `user:${member.id}`, "nothing", "room:", "feed:x", "__proto__x"]) {
            await socket.say({ t: "follow", streams: { [stream]: "-1" } });
            assert.deepEqual(await socket.frame("gone"), { t: "gone", stream, reason: "not_found" });
          }
        },
      ],
      ["an unfollowed stream brings nothing more", async (socket) => {
        const room = await newRoom("public");
        const stream = `room:${room}`;
        await socket.say({ t: "follow", streams: { [stream]: "now" } });
        await socket.frame("followed");
        await socket.say({ t: "unfollow", streams: [stream] });
        await socket.pong();
        await send(room);
        const frames = await socket.pong();
        assert(frames.every((frame) => frame.t !== "events"));
      }],
      ["the 257th stream is gone by limit; one that is followed may move still", async (socket) => {
        const rooms = await Promise.all(Array.from({ length: 255 }, () => newRoom("public")));
        const streams = [...rooms.map((id) => `room:${id}`), "feed"];
        // One that isn't there takes no place.
        await socket.say({ t: "follow", streams: { "room:none": "now" } });
        await socket.frame("gone");
        await socket.say({ t: "follow", streams: Object.fromEntries(streams.map((stream) => [stream, "now"])) });
        for (let n = 0; n < streams.length; n++) await socket.frame("followed");
        await socket.say({ t: "follow", streams: { me: "now" } });
        assert.deepEqual(await socket.frame("gone"), { t: "gone", stream: `user:${owner.id}`, reason: "limit" });
        await socket.say({ t: "follow", streams: { feed: "-1" } });
        assert.equal((await socket.frame("followed")).stream, "feed");
        await socket.say({ t: "unfollow", streams: ["feed"] });
        await socket.say({ t: "follow", streams: { me: "now" } });
        assert.equal((await socket.frame("followed")).stream, `user:${owner.id}`);
      }],
      ["digest tells the rooms that change within 2 s, and those I join", async (socket) => {
        await socket.frame("digest");
        const room = await newRoom("public");
        const joined = await socket.frame("digest", (it) => Object.hasOwn(it.rooms, room));
        assert.equal(joined.rooms[room]?.n, 0);
        const at = performance.now();
        await send(room);
        await socket.frame("digest", (it) => it.rooms[room]?.n === 1);
        assert(performance.now() - at < DIGEST_MS + SLOW_MACHINE_MS);
      }],
    ];
    for (const [what, body] of steps) {
      await t.step(what, async () => {
        const socket = await open();
        try {
          await body(socket);
        } finally {
          await socket.close();
        }
      });
    }
    await latestState(t, contact);
  });
});

/** Typing and presence: shown to others, and never in a log. */
async function latestState(t: Deno.TestContext, { server, owner, member, done }: Contact): Promise<void> {
  await t.step("typing is told to the others in the room until the message comes", async () => {
    const room = textIn(await done(owner.api, "rooms.create", { name: "t", visibility: "public" }), "room", "id");
    await done(member.api, "rooms.join", { room });
    const socket = await openSocket(server, owner.api);
    await socket.say({ t: "follow", streams: { [`room:${room}`]: "now" } });
    await socket.frame("followed");
    await done(member.api, "presence.typing", { room });
    assert.deepEqual((await socket.frame("typing")).users, [member.id]);
    const later = await openSocket(server, owner.api);
    await later.say({ t: "follow", streams: { [`room:${room}`]: "now" } });
    assert.deepEqual((await later.frame("typing")).users, [member.id], "whoever follows later gets what is");
    await done(member.api, "messages.send", { room, text: "x", key: "typing-0123456789abcdef" });
    assert.deepEqual((await socket.frame("typing")).users, []);
    await later.close();
    await socket.close();
  });

  await t.step("presence: offline, online at once, offline 5 to 30 s after the last connection ended", async () => {
    const socket = await openSocket(server, owner.api);
    await socket.say({ t: "watch", users: [owner.id, member.id, "nobody"] });
    const { users } = await socket.frame("presence");
    assert.deepEqual(users, { [owner.id]: "online", [member.id]: "offline", nobody: "offline" });
    const theirs = await openSocket(server, member.api);
    await socket.frame("presence", (it) => it.users[member.id] === "online");
    await theirs.close();
    const ended = performance.now();
    await socket.say({ t: "ping", id: 1 }); // nothing else is said meanwhile
    for (;;) {
      const state = (await socket.raw.nextThat((text) => text.includes(`"presence"`))).includes(
        `"${member.id}":"offline"`,
      );
      if (state) break;
    }
    const after = performance.now() - ended;
    assert(after >= 5_000 && after <= 30_000, `${after} ms`);
    await socket.close();
  });
}
