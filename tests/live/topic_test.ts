import assert from "node:assert/strict";
import { createTopic } from "../../lib/live/topic.ts";
import { post, withStorage } from "../support/storage.ts";

Deno.test("catching up with an old head doesn't take back what came by itself meanwhile", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    const [reading, gate] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    const slow = {
      ...log,
      async read(stream: string, seq: number, limit: number) {
        const events = await log.read(stream, seq, limit);
        reading.resolve();
        await gate.promise;
        return events;
      },
    };
    const join = (_: string, events: Awaited<ReturnType<typeof log.read>>) => Promise.resolve(events);
    const topic = createTopic({ stream: "room:a", log: slow, join, grown: () => {} });
    await topic.ready;
    await post(log, "room:a");
    const caught = topic.catchUp();
    await reading.promise;
    log.onAppended(topic.append);
    const [second] = await log.read("room:a", 1, 1);
    assert.ok(second);
    topic.append({ stream: "room:a", head: await log.head("room:a"), events: [second] });
    await post(log, "room:a");
    gate.resolve();
    await caught;
    assert.equal(topic.tail().seq, 3);
    assert.equal(topic.head()?.seq, 3);
  }));
