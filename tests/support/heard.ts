/** Whether sockets are heard while work goes on in pieces. */
import assert from "node:assert/strict";

const PINGS = 10;

/**
 * Pings go there and back beside work. `next` has `goOn` called, by which a piece is done, when it is time for that;
 * a ping must not take over `piecesMax` pieces of work.
 */
export async function assertHeard(
  { next, pieceMs, piecesMax }: { next: (goOn: () => void) => void; pieceMs: number; piecesMax: number },
): Promise<void> {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { hostname, port } = listener.addr;
  const [near, far] = await Promise.all([Deno.connect({ hostname, port }), listener.accept()]);
  const echoes = far.readable.pipeTo(far.writable);
  const ended = Promise.withResolvers<void>();
  let [pieces, isOver] = [0, false];
  function piece() {
    if (isOver) return ended.resolve();
    for (const end = performance.now() + pieceMs; performance.now() < end;);
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
  assert.ok(pieces <= piecesMax * PINGS, `${pieces} pieces of work beside ${PINGS} pings`);
}
