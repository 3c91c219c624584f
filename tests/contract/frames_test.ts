/** Calls, pings and close codes over a WebSocket to the real server (lib/protocol/README.md §3, §5). */
import assert from "node:assert/strict";
import { encodeFrame, opcode } from "../support/ws_frame.ts";
import { openSocket, type Socket } from "./socket.ts";
import { at, textIn, withServer } from "./with_server.ts";

const FRAME_MAX = 65_536;

Deno.test("frames over a WebSocket", async (t) => {
  await withServer(async ({ server, owner, done, schemas }) => {
    const room = textIn(await done(owner.api, "rooms.create", { name: "f", visibility: "public" }), "room", "id");
    const steps: [what: string, body: (socket: Socket) => Promise<void>][] = [
      ["a call is answered as by POST, under its id", async (socket) => {
        const { result } = await socket.call("rooms.get", { room });
        assert.deepEqual(result, await done(owner.api, "rooms.get", { room }));
        const { error, result: none } = await socket.call("rooms.get", { room: "none" });
        assert.equal(none, undefined);
        const response = await owner.api.post("rooms.get", { room: "none" });
        const problem: unknown = await response.json();
        assert.deepEqual(error, problem);
        schemas.check("rooms.get", 404, "application/problem+json", error);
      }],
      ["commands that set cookies, and names that are none, are not_found as a call", async (socket) => {
        const first = (await socket.call("no.such", {})).error;
        assert.equal(first?.code, "not_found");
        for (
          const name of ["auth.setUp", "auth.signUp", "auth.signIn", "auth.signOut", "constructor", "__proto__", ""]
        ) {
          assert.deepEqual((await socket.call(name, {})).error, first, name);
        }
      }],
      ["calls that write to one room run in the order in which they came", async (socket) => {
        const count = 50;
        for (let id = 1; id <= count; id++) {
          const body = { room, text: `${id}`, key: `ordered-${String(id).padStart(16, "0")}` };
          await socket.say({ t: "call", id, name: "messages.send", body });
        }
        const seqs: number[] = [];
        while (seqs.length < count) {
          const { id, result } = await socket.frame("reply");
          seqs[id - 1] = Number(at(result, "message", "seq"));
        }
        assert.deepEqual(seqs, seqs.toSorted((a, b) => a - b));
      }],
      ["64 calls may be under way, the next is rate_limited", async (socket) => {
        const count = 300;
        const calls = Array.from(
          { length: count },
          (_, id) => JSON.stringify({ t: "call", id, name: "auth.me", body: {} }),
        );
        await Promise.all(calls.map((call) => socket.say(call)));
        const codes: (string | undefined)[] = [];
        for (let n = 0; n < count; n++) codes.push((await socket.frame("reply")).error?.code);
        assert(codes.every((code) => code === undefined || code === "rate_limited"));
        assert(codes.filter((code) => code === undefined).length >= 64);
      }],
      ["a frame that is none gets an error where it has an id, and the line stays", async (socket) => {
        const wrong = [{ t: "nothing" }, { t: "call", name: 7 }, { t: "follow" }, { t: "watch", users: "x" }, {}];
        for (const [n, frame] of wrong.entries()) {
          await socket.say({ ...frame, id: 100 + n });
          const { id, error } = await socket.frame("reply");
          assert.deepEqual([id, error?.code], [100 + n, "invalid"], JSON.stringify(frame));
        }
        await socket.pong();
      }],
      ["a watch of over 200 people is no frame", async (socket) => {
        await socket.say({ t: "watch", users: Array.from({ length: 200 }, (_, n) => `u${n}`) });
        await socket.frame("presence");
        await socket.say({ t: "watch", users: Array.from({ length: 201 }, (_, n) => `u${n}`) });
        assert.equal(await socket.closed(), 1008);
      }],
      ["a frame of 65,536 bytes is read, one byte more closes with 1009", async (socket) => {
        const frame = (bytes: number) => {
          const text = JSON.stringify({ t: "ping", id: 1, pad: "" });
          return text.replace(`"pad":""`, `"pad":"${"x".repeat(bytes - text.length)}"`);
        };
        await socket.say(frame(FRAME_MAX));
        await socket.frame("pong");
        await socket.say(frame(FRAME_MAX + 1));
        assert.equal(await socket.closed(), 1009);
      }],
      ["the size is of bytes, not of characters", async (socket) => {
        await socket.say(JSON.stringify({ t: "ping", id: 1, pad: "ä".repeat(FRAME_MAX / 2) }));
        assert.equal(await socket.closed(), 1009);
      }],
    ];
    for (
      const text of [
        "",
        "x",
        "[]",
        "null",
        "7",
        `"ping"`,
        `{"t":"ping"}`,
        `{"t":"ping","id":"1"}`,
        `{"t":"ping","id":1.5}`,
      ]
    ) {
      steps.push([`${text || "nothing"} closes with 1008`, async (socket) => {
        await socket.say(text);
        assert.equal(await socket.closed(), 1008);
      }]);
    }
    steps.push(["a binary frame closes with 1008", async (socket) => {
      await socket.raw.frame(opcode.binary, new TextEncoder().encode(`{"t":"ping","id":1}`));
      assert.equal(await socket.closed(), 1008);
    }]);
    const bad = encodeFrame(opcode.text, new TextEncoder().encode("x"));
    const ping = encodeFrame(opcode.text, new TextEncoder().encode(`{"t":"ping","id":1}`));
    for (const [what, frames] of [["two", [bad, bad]], ["one and good ones", [ping, bad, ping, ping]]] as const) {
      steps.push([`bad frames that come at once close with 1008: ${what}`, async (socket) => {
        await socket.raw.write(new Uint8Array(await new Blob([...frames]).arrayBuffer()));
        assert.equal(await socket.closed(), 1008);
      }]);
    }
    for (const [what, body] of steps) {
      await t.step(what, async () => {
        const socket = await openSocket(server, owner.api);
        try {
          await body(socket);
        } finally {
          await socket.close();
        }
      });
    }
  });
});
