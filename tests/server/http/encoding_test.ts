/** A long answer is encoded between other work, not before it. */
import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import { brotliDecompressSync, gunzipSync } from "node:zlib";
import { encoded } from "../../../lib/server/http/encoding.ts";

const PIECE = 16_384; // bytes

Deno.test("others have a turn between the pieces of 16 KB of a long text that is encoded, which comes out whole", async () => {
  const text = Array.from({ length: 20_000 }, (_, at) => `<li>Room ${at} ${(at * 7_919) % 10_007} é</li>`).join("");
  for (const encoding of ["br", "gzip"] as const) {
    let turns = 0;
    const made = await encoded(text, encoding, () => {
      turns++;
      return new Promise((resolve) => queueMicrotask(resolve));
    });
    assert.ok(made instanceof Uint8Array);
    const decoded = encoding === "br" ? brotliDecompressSync(made) : gunzipSync(made);
    assert.ok(decoded.toString() === text);
    assert.equal(turns, Math.ceil(Buffer.byteLength(text) / PIECE));
  }
});

/** Bits of the window that brotli says a decoder needs (RFC 7932, 9.1), for those that texts of these lengths get. */
function windowOf([first = 0]: Uint8Array): number {
  if ((first & 1) === 0) return 16;
  return (first >> 1) & 7 ? 17 + ((first >> 1) & 7) : 17;
}

Deno.test("a text's encoder has a window that holds it, and none of the 4 MB that are brotli's own choice", async () => {
  for (
    const [length, bits] of [[2_000, 16], [60_000, 16], [65_536, 17], [100_000, 17], [200_000, 18], [1e7, 22]] as const
  ) {
    const made = await encoded("x".repeat(length), "br");
    assert.ok(made instanceof Uint8Array);
    assert.equal(windowOf(made), bits, `${length} bytes`);
    assert.equal(brotliDecompressSync(made).length, length);
  }
});
