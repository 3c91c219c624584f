/** Turns between long pieces of work: sockets are heard in them. */
import assert from "node:assert/strict";
import { later } from "../../lib/server/limits/turns.ts";
import { createSlices, SLICE_MS } from "../../lib/server/limits/slices.ts";

const PINGS = 10;
const PIECES_MAX = 8; // a ping, there and back, is heard in two turns or three; by setImmediate alone in 60 and more

/** Pings go there and back, beside work that goes on in pieces, each as long as a slice. */
async function assertHeard(next: (goOn: () => void) => void): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const [near, far] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  const echoes = far.readable.pipeTo(far.writable);
  const ended = Promise.withResolvers<void>();
  let [pieces, isOver] = [0, false];
  function piece() {
    if (isOver) return ended.resolve();
    for (const end = performance.now() + SLICE_MS; performance.now() < end;);
    pieces++;
    next(piece);
  }
  piece();
  const byte = new Uint8Array(1);
  for (let sent = 0; sent < PINGS; sent++) {
    await near.write(byte);
    await near.read(byte);
  }
  isOver = true;
  await ended.promise;
  near.close();
  await echoes;
  assert.ok(pieces <= PIECES_MAX * PINGS, `${pieces} pieces of work beside ${PINGS} pings`);
}

Deno.test("a socket is heard between any two turns of long work", () => assertHeard(later));

Deno.test("and between any two slices", () => {
  const { next } = createSlices();
  return assertHeard(async (goOn) => {
    await next();
    goOn();
  });
});
