/** What becomes of watches is tests/faults/doorbell_test's; here time is turned to the polls that cover for them. */
import assert from "node:assert/strict";
import { mock } from "node:test";
import { OLDEST } from "../../lib/protocol/streams.ts";
import { createClient, withHub } from "../support/hub.ts";
import { openLog, post, withStorage } from "../support/storage.ts";

for (const [stream, ms] of [["room:a", 5_000], ["feed", 5_000], ["user:u1", 60_000]] as const) {
  Deno.test(`what another instance appends to ${stream} comes within ${ms} ms though no doorbell rings`, () =>
    withStorage(async ({ db }) => {
      const [other, log] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
      const polled: string[] = [];
      const heads = (streams: string[]) => {
        polled.push(...streams);
        return log.heads(streams);
      };
      mock.timers.enable({ apis: ["setInterval"] });
      try {
        await withHub({ ...log, heads }, async ({ hub, errors }) => {
          const client = createClient(hub);
          await client.follows(stream, OLDEST);
          for (let n = 0; n < 3; n++) await post(other, stream);
          mock.timers.tick(ms - 1);
          assert(!polled.includes(stream), "it is looked at before");
          mock.timers.tick(1);
          assert(polled.includes(stream), "it is not looked at");
          await client.until(() => client.seqs(stream).length >= 3);
          await post(other, stream);
          mock.timers.tick(ms);
          await client.until(() => client.seqs(stream).length >= 4);
          assert.deepEqual(client.seqs(stream), [1, 2, 3, 4]);
          assert.deepEqual(errors, []);
          client.session.close();
        }, { shared: true });
      } finally {
        mock.timers.reset();
      }
    }));
}
