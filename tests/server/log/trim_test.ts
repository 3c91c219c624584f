/** Trimming, wherever it falls among segments: all that should stay can be read, and found by its offset. */
import assert from "node:assert/strict";
import { trim } from "../../../lib/server/log/trim.ts";
import { post, withStorage } from "../../support/storage.ts";

const STREAM = "room:a";
const EVENTS = 120;
const KEPT_LONGEST_MS = 40 * 86_400_000;

for (const alone of [1, 3]) {
  Deno.test(`trim() keeps exactly what it says, of events that came ${alone} at a time, and the offset before it`, () =>
    withStorage(async ({ db, log, clock }) => {
      while ((await log.head(STREAM)).seq < EVENTS) {
        await Promise.all(Array.from({ length: alone }, () => post(log, STREAM)));
      }
      const offsets = (await log.read(STREAM, 0, EVENTS)).map((event) => log.offset(event));
      clock.now += KEPT_LONGEST_MS;
      for (let keepEvents = EVENTS - 1; keepEvents >= 10; keepEvents--) {
        assert.equal(await trim({ db, log, now: () => clock.now, keepEvents }, STREAM), 1);
        const first = EVENTS - keepEvents + 1;
        assert.equal((await log.head(STREAM)).first, first);
        const left = (await log.read(STREAM, first - 1, EVENTS)).map(({ seq }) => seq);
        assert.deepEqual(left, Array.from({ length: keepEvents }, (_, at) => first + at));
        const before = await log.locate(STREAM, offsets[first - 2] ?? "");
        assert.ok("seq" in before && before.seq === first - 1, `who stands right before ${first} misses nothing`);
        if (first > 2) assert.equal("gone" in await log.locate(STREAM, offsets[first - 3] ?? ""), true);
      }
    }));
}
