/** Frames that are none, over a bare socket to the real server: a clean close code, and nothing happens by them. */
import assert from "node:assert/strict";
import { within } from "../faults/within.ts";
import { openSocket, type Socket } from "./socket.ts";
import { at, textIn, withServer } from "./with_server.ts";
import { encodeFrame, opcode } from "../support/ws_frame.ts";

const utf8 = new TextEncoder();
const TRUNCATED_AT_ONCE = 16;
const ANSWER_MS = 10_000;
const DEPTH = 10_000;
/** Not a frame of ours. What is no WebSocket frame at all the runtime cuts, perhaps without a code (1006). */
const POLICY = [1008];
const TOO_BIG = [1009];
const CUT = [1002, 1006];
const WRONG_UTF8 = [1006, 1007];

Deno.test("bad frames are answered or closed cleanly, and nothing of them is in the log", async (t) => {
  await withServer(async ({ server, owner, done, url }) => {
    const room = textIn(await done(owner.api, "rooms.create", { name: "b", visibility: "public" }), "room", "id");
    const list = () => done(owner.api, "messages.list", { room });
    const untouched = await list();
    const key = "bad-frame-0123456789";
    const frames = [
      { t: "follow", streams: { [`room:${room}`]: "-1" } },
      { t: "unfollow", streams: ["feed"] },
      { t: "watch", users: [owner.id] },
      { t: "call", id: 1, name: "messages.send", body: { room, text: "ä 🦦", key } },
      { t: "ping", id: 9 },
    ].map((frame) => utf8.encode(JSON.stringify(frame)));

    async function on(body: (socket: Socket) => Promise<void>): Promise<void> {
      const socket = await openSocket(server, owner.api);
      try {
        await body(socket);
      } finally {
        await socket.close();
      }
    }
    /** Writes bytes, then waits for a close frame with a code that fits. */
    const closes = (bytes: Uint8Array, codes: number[]) =>
      on(async ({ raw }) => {
        await raw.write(bytes).catch(() => {}); // the server may have closed before the last byte
        const { code } = await within(ANSWER_MS, "the close", raw.closed);
        assert(codes.includes(code), `closed with ${code}`);
      });

    for (const frame of frames) {
      const name = new TextDecoder().decode(frame.subarray(0, 14));
      await t.step(`${name}… cut at each of its ${frame.length} bytes`, async () => {
        const cuts = Array.from({ length: frame.length }, (_, length) => length);
        while (cuts.length > 0) {
          const some = cuts.splice(0, TRUNCATED_AT_ONCE);
          await Promise.all(
            some.map((length) =>
              closes(
                encodeFrame(opcode.text, frame.subarray(0, length)),
                endsWhole(frame, length) ? POLICY : WRONG_UTF8,
              )
            ),
          );
        }
      });
      await t.step(`${name}… as a binary frame`, () => closes(encodeFrame(opcode.binary, frame), POLICY));
    }
    await t.step("wrong UTF-8", async () => {
      for (const bytes of [[0xff], [0xc3, 0x28], [0xed, 0xa0, 0x80], [0xf0, 0x9f, 0x92], [0xc0, 0x80]]) {
        const payload = new Uint8Array([...utf8.encode(`{"t":"ping","id":1,"x":"`), ...bytes, ...utf8.encode(`"}`)]);
        await closes(encodeFrame(opcode.text, payload), WRONG_UTF8);
      }
    });
    await t.step("a frame that announces more than it may, and one of each opcode that is none", async () => {
      await closes(encodeFrame(opcode.text, utf8.encode(`{"t":"ping","id":1,"x":"${"x".repeat(200_000)}"}`)), TOO_BIG);
      for (const code of [3, 7, 11, 15]) await closes(encodeFrame(code, utf8.encode("x")), CUT);
      await closes(encodeFrame(opcode.continuation, utf8.encode("x")), CUT);
      await closes(encodeFrame(opcode.ping, new Uint8Array(126)), CUT);
    });
    await t.step("a text in a thousand fragments is one frame, and too much in fragments is 1009", async () => {
      const parts = (text: string, each: number) => {
        const bytes = utf8.encode(text);
        const pieces = [];
        for (let from = 0; from < bytes.length; from += each) {
          const fin = from + each >= bytes.length;
          const code = from === 0 ? opcode.text : opcode.continuation;
          pieces.push(encodeFrame(code, bytes.subarray(from, from + each), { fin }));
        }
        return new Uint8Array(pieces.flatMap((piece) => [...piece]));
      };
      await on(async (socket) => {
        const topic = "ä".repeat(400); // each letter lies in two fragments
        const body = { name: "fragments", visibility: "public", topic };
        const frame = { t: "call", id: 1, name: "rooms.create", body, x: "x".repeat(100) };
        await socket.raw.write(parts(JSON.stringify(frame), 1));
        const { id, result, error } = await socket.frame("reply");
        assert.deepEqual([id, error], [1, undefined]);
        assert.equal(textIn(result, "room", "topic"), topic);
        assert(!(await socket.pong()).some(({ t }) => t === "reply"), "answered once");
      });
      await closes(parts(`{"t":"ping","id":1,"x":"${"x".repeat(70_000)}"}`, 1_000), TOO_BIG);
    });
    await t.step("10,000 deep: answered as any other body, the line stays", () =>
      on(async (socket) => {
        for (const deep of ["[".repeat(DEPTH) + "]".repeat(DEPTH), `{"a":`.repeat(DEPTH) + "1" + "}".repeat(DEPTH)]) {
          await socket.say(`{"t":"call","id":5,"name":"messages.send","body":${deep}}`);
          assert.equal((await socket.frame("reply", ({ id }) => id === 5)).error?.code, "invalid");
          await socket.say(`{"t":"call","id":6,"name":"rooms.get","body":{"room":${deep}}}`);
          assert.equal((await socket.frame("reply", ({ id }) => id === 6)).error?.code, "invalid");
        }
        await socket.pong();
      }));
    await t.step(
      "a frame that is only deep closes with 1008",
      () => closes(encodeFrame(opcode.text, utf8.encode("[".repeat(DEPTH))), POLICY),
    );

    await t.step("without a mask, which RFC 6455 forbids: read by the runtime or cut, and no harm done", async () => {
      await on(async ({ raw }) => {
        await raw.frame(opcode.text, utf8.encode(`{"t":"ping","id":3}`), { mask: false });
        const answered = raw.nextThat((text) => text.includes(`"pong"`));
        const code = await within(ANSWER_MS, "an answer", answered.then(() => 0, async () => (await raw.closed).code));
        assert([0, ...CUT].includes(code), `closed with ${code}`);
      });
    });

    await t.step("nothing was sent, and the server is well", async () => {
      assert.deepEqual(await list(), untouched);
      const health = await fetch(`${url}/healthz`);
      assert.equal(health.status, 200);
      assert.equal(at(await health.json(), "status"), "ok");
      assert.doesNotMatch(server.stderr(), /Unhandled|Uncaught|failed/);
    });
  });
});

/** Whether the first `length` bytes end between two characters. */
function endsWhole(bytes: Uint8Array, length: number): boolean {
  return ((bytes[length] ?? 0) & 0xc0) !== 0x80;
}
