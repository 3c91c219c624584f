import { processClock } from "../../../lib/server/live/clock.ts";
import assert from "node:assert/strict";
import { createTopics } from "../../../lib/server/live/streams/topics.ts";
import { post, withStorage } from "../../support/storage.ts";

Deno.test("a topic that could not be opened is closed: nothing goes on listening for it, and the next one opens it anew", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    let isAway = true;
    const head = (stream: string) => isAway ? Promise.reject(new Error("storage is away")) : log.head(stream);
    const calls: string[] = [];
    const topics = createTopics({
      clock: processClock,
      log: { ...log, head },
      join: (_, events) => Promise.resolve(events),
      opened: (stream) => calls.push(`opened ${stream}`),
      closed: (stream) => calls.push(`closed ${stream}`),
      isHeld: () => false,
      grown: () => {},
    });
    await assert.rejects(topics.open("room:a").ready, /storage is away/);
    assert.deepEqual(calls, ["opened room:a", "closed room:a"]);
    isAway = false;
    const topic = topics.open("room:a");
    await topic.ready;
    assert.equal(topic.tail().seq, 1);
    topics.close();
  }));
