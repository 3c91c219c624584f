/** What one WebSocket can make the server hold: messages without an end, and frames that no client may send. */
import assert from "node:assert/strict";
import { residentMb } from "../bench/processes.ts";
import { FRAME_BYTES_MAX } from "../../lib/protocol/frames.ts";
import { opcode } from "../support/ws_frame.ts";
import { openSocket, type Socket } from "./socket.ts";
import { withServer } from "./with_server.ts";

const GROWN_MAX_MB = 120; // its heap grows by 30 to 60 with any work; what is sent here would be 600
const FRAGMENT = 16_384; // bytes
const FLOOD = 30_000_000; // bytes
const SOCKETS = 20;
const TINY_FRAGMENTS = 5_000;

const utf8 = new TextEncoder();

/** Sends fragments of a message that never ends, so many or until the server has had enough. */
async function sendWithoutEnd({ raw }: Socket, count: number, bytes: number): Promise<void> {
  const payload = new Uint8Array(bytes).fill(0x20);
  try {
    for (let at = 0; at < count; at++) {
      await raw.frame(at === 0 ? opcode.text : opcode.continuation, payload, { fin: false });
    }
  } catch {
    // The line is gone.
  }
}

Deno.test("what one socket sends is bounded, however it is cut up", async (t) => {
  await withServer(async ({ server, owner }) => {
    const open = () => openSocket(server, owner.api);
    const other = await open();
    const before = await residentMb(server.pid);
    const assertSmall = async () => {
      const grown = await residentMb(server.pid) - before;
      assert(grown < GROWN_MAX_MB, `the server grew by ${grown} MB`);
    };

    await t.step("a message of fragments without an end closes with 1009, on many sockets at once", async () => {
      const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
      await Promise.all(sockets.map((socket) => sendWithoutEnd(socket, FLOOD / FRAGMENT, FRAGMENT)));
      for (const socket of sockets) assert.equal(await socket.closed(), 1009);
      await assertSmall();
    });
    await t.step("a frame that says it has 1 GB closes with 1009 before it comes", async () => {
      const socket = await open();
      const head = new Uint8Array([0x81, 0xff, 0, 0, 0, 0, 0x40, 0, 0, 0, 0, 0, 0, 0]);
      await socket.raw.write(head);
      assert.equal(await socket.closed(), 1009);
      await assertSmall();
    });
    await t.step("a message in over 2,048 fragments closes with 1008, on many sockets at once", async () => {
      const sockets = await Promise.all(Array.from({ length: SOCKETS }, open));
      await Promise.all(sockets.map((socket) => sendWithoutEnd(socket, TINY_FRAGMENTS, 1)));
      for (const socket of sockets) assert.equal(await socket.closed(), 1008);
      await assertSmall();
    });
    await t.step(
      "a message of 65,536 bytes in 2,048 fragments is read as one, and a byte more closes with 1009",
      async () => {
        const text = (bytes: number) => `{"id":7,"pad":"${"x".repeat(bytes - 17)}"}`;
        const send = async ({ raw }: Socket, bytes: Uint8Array) => {
          const size = Math.ceil(bytes.length / 2_048);
          for (let at = 0; at < bytes.length; at += size) {
            const code = at === 0 ? opcode.text : opcode.continuation;
            await raw.frame(code, bytes.subarray(at, at + size), { fin: at + size >= bytes.length });
          }
        };
        const socket = await open();
        await send(socket, utf8.encode(text(FRAME_BYTES_MAX)));
        const { error } = await socket.frame("reply", ({ id }) => id === 7);
        assert.equal(error?.code, "invalid");
        await send(socket, utf8.encode(text(FRAME_BYTES_MAX + 1)));
        assert.equal(await socket.closed(), 1009);
      },
    );
    await t.step("a ping between two fragments is answered, and the message is one", async () => {
      const socket = await open();
      await socket.raw.frame(opcode.text, utf8.encode(`{"t":"pi`), { fin: false });
      await socket.raw.ping("between");
      await socket.raw.frame(opcode.continuation, utf8.encode(`ng","id":9}`));
      await socket.frame("pong", ({ id }) => id === 9);
      assert.deepEqual(socket.raw.pongs, ["between"]);
      await socket.close();
    });

    const bad: [what: string, code: number, send: (socket: Socket) => Promise<void>][] = [
      ["without a mask", 1002, ({ raw }) => raw.frame(opcode.text, utf8.encode("{}"), { mask: false })],
      ["that continues nothing", 1002, ({ raw }) => raw.frame(opcode.continuation, utf8.encode("{}"))],
      ["with a reserved bit", 1002, ({ raw }) => raw.write(new Uint8Array([0xc1, 0x80, 0, 0, 0, 0]))],
      ["of an opcode that is none", 1002, ({ raw }) => raw.frame(3, utf8.encode("{}"))],
      ["of text that is no UTF-8", 1007, ({ raw }) => raw.frame(opcode.text, new Uint8Array([0x22, 0xff, 0x22]))],
    ];
    for (const [what, code, send] of bad) {
      await t.step(`a frame ${what} closes with ${code}`, async () => {
        const socket = await open();
        await send(socket);
        assert.equal(await socket.closed(), code);
      });
    }
    await other.pong(); // others' sockets stay
    await other.close();
  });
});
