/** What becomes of watches is tests/faults/change_watcher_test.ts's; here time is turned to the polls that cover for them. */
import assert from "node:assert/strict";
import { createChangeWatcher } from "../../../lib/server/live/streams/change_watcher.ts";
import { OLDEST } from "../../../lib/protocol/streams.ts";
import { createFakeClock } from "../../client/fake_clock.ts";
import { createClient, withHub } from "../../support/hub.ts";
import { openLog, post, withStorage } from "../../support/storage.ts";

for (const [stream, ms] of [["room:a", 5_000], ["feed", 5_000], ["user:u1", 60_000]] as const) {
  Deno.test(`what another instance appends to ${stream} comes within ${ms} ms though no change watcher yields`, () =>
    withStorage(async ({ db }) => {
      const [other, log] = [await openLog(db, undefined, true), await openLog(db, undefined, true)];
      const polled: string[] = [];
      const heads = (streams: string[]) => {
        polled.push(...streams);
        return log.heads(streams);
      };
      const clock = createFakeClock();
      await withHub({ ...log, heads }, async ({ hub, errors }) => {
        const client = createClient(hub);
        await client.follows(stream, OLDEST);
        for (let n = 0; n < 3; n++) await post(other, stream);
        clock.advance(ms - 1);
        assert(!polled.includes(stream), "it is looked at before");
        clock.advance(1);
        assert(polled.includes(stream), "it is not looked at");
        await client.until(() => client.seqs(stream).length >= 3);
        await post(other, stream);
        clock.advance(ms);
        await client.until(() => client.seqs(stream).length >= 4);
        assert.deepEqual(client.seqs(stream), [1, 2, 3, 4]);
        assert.deepEqual(errors, []);
        client.session.close();
      }, { shared: true, clock });
    }));
}

/** A change watcher over watches that yield what `versions` says when they begin. */
async function withBell(
  body: (it: {
    bell: ReturnType<typeof createChangeWatcher>;
    versions: Map<string, string>;
    rung: string[];
    /** The streams of the next watch that begins, once it has been heard. */
    watched(): Promise<string[]>;
    tick(ms: number): void;
  }) => Promise<void>,
): Promise<void> {
  await withStorage(async ({ log }) => {
    const clock = createFakeClock();
    const versions = new Map<string, string>();
    const rung: string[] = [];
    let began = Promise.withResolvers<string[]>();
    const bell = createChangeWatcher({
      clock,
      log,
      changed: (stream) => rung.push(stream),
      watch: (streams) => {
        const current = streams.map((stream) => versions.get(stream) ?? null);
        // What is pulled again has been heard.
        return new ReadableStream({
          pull: (out) => current.length > 0 ? out.enqueue(current.splice(0)) : began.resolve(streams),
        }, { highWaterMark: 0 });
      },
    });
    const watched = async () => {
      clock.advance(0); // a watch begins on the next turn
      const streams = await began.promise;
      began = Promise.withResolvers();
      return streams;
    };
    await body({ bell, versions, rung, watched, tick: clock.advance });
    bell.close();
  });
}

Deno.test("a stream that nobody wants any more is watched on for some seconds, and for good when it is wanted again", () =>
  withBell(async ({ bell, watched, tick }) => {
    bell.add("room:a");
    assert.deepEqual(await watched(), ["room:a"]);
    bell.remove("room:a");
    bell.add("room:b");
    assert.deepEqual(await watched(), ["room:a", "room:b"]);
    bell.remove("room:b");
    tick(5_000);
    bell.add("room:b");
    tick(5_000);
    assert.deepEqual(await watched(), ["room:b"]);
  }));

Deno.test("a watch that begins anew rings for what has changed since the last, and for nothing else", () =>
  withBell(async ({ bell, versions, rung, watched }) => {
    versions.set("room:a", "1");
    bell.add("room:a");
    bell.add("room:b"); // never written
    await watched();
    assert.deepEqual(rung.splice(0), ["room:a", "room:b"]);
    bell.add("room:c");
    await watched();
    assert.deepEqual(rung.splice(0), ["room:c"]);
    versions.set("room:a", "2");
    bell.add("room:d");
    await watched();
    assert.deepEqual(rung, ["room:a", "room:d"]);
  }));
