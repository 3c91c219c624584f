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
