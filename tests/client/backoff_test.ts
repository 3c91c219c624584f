import assert from "node:assert/strict";
import fc from "fast-check";
import { backoff, BACKOFF_MAX_MS, backoffCap } from "../../lib/client/connection/backoff.ts";

Deno.test("backoff() is spread over the whole of 0 to its cap, which doubles up to the longest wait", () => {
  fc.assert(fc.property(fc.nat(2_000), fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (tries, r) => {
    const wait = backoff(tries, () => r);
    return wait >= 0 && wait < backoffCap(tries) && backoffCap(tries) <= BACKOFF_MAX_MS && Number.isInteger(wait);
  }));
  assert.deepEqual([0, 1, 2, 3].map(backoffCap), [500, 1_000, 2_000, 4_000]);
  assert.equal(backoffCap(50), BACKOFF_MAX_MS);
  assert.equal(backoff(2, () => 0), 0);
  assert.equal(backoff(2, () => 0.5), 1_000);
});
