/** Turns between long pieces of work: sockets are heard in them. */
import assert from "node:assert/strict";
import { createServer } from "node:net";
import { later } from "../../lib/server/limits/turns.ts";
import { createSlices, SLICE_MS } from "../../lib/server/limits/slices.ts";

const PINGS = 20;

/** How many pieces of work, each as long as a slice, were done until so many pings of another process came back. */
async function piecesBeside(next: (go: () => void) => void): Promise<number> {
  const server = createServer((socket) => socket.on("data", (bytes) => socket.write(bytes)).on("error", () => {}));
  const listening = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", listening.resolve);
  await listening.promise;
  const address = server.address();
  assert.ok(address && typeof address === "object");
  const pinger = new Deno.Command(Deno.execPath(), {
    args: ["run", "--allow-net", new URL("pinger.ts", import.meta.url).pathname, `${address.port}`, `${PINGS}`],
    stdout: "null",
  }).spawn();
  let isOver = false;
  const ended = pinger.status.then(() => isOver = true);
  let pieces = 0;
  const ends = Promise.withResolvers<void>();
  function piece() {
    if (isOver) return ends.resolve();
    for (const end = performance.now() + SLICE_MS; performance.now() < end;);
    pieces++;
    next(piece);
  }
  const connected = Promise.withResolvers<void>();
  server.once("connection", connected.resolve);
  await connected.promise;
  piece();
  await Promise.all([ended, ends.promise]);
  server.close();
  return pieces;
}

Deno.test("a socket is heard between any two turns of long work", async () => {
  const pieces = await piecesBeside(later);
  assert.ok(pieces <= 10 * PINGS, `${pieces} pieces of work beside ${PINGS} pings`);
});

Deno.test("and between any two slices", async () => {
  const { next } = createSlices();
  const pieces = await piecesBeside(async (go) => {
    await next();
    go();
  });
  assert.ok(pieces <= 10 * PINGS, `${pieces} pieces of work beside ${PINGS} pings`);
});
