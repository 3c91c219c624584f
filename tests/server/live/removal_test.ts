/** Fault 15 of tests/README.md in one process: what is written right behind a removal, in its own commit too. */
import assert from "node:assert/strict";
import { roomStream } from "../../../lib/protocol/streams.ts";
import { createListener } from "../../faults/listener.ts";
import { createMessageCheck } from "../../faults/message_check.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { newKey, withWorkspace } from "../../support/services.ts";
import { openLog, post, tell, withStorage } from "../../support/storage.ts";

const ROUNDS = 20;

const upTo = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

Deno.test("who is removed from a private room gets the removal and nothing past it, whatever comes with it", () =>
  withWorkspace(async ({ services, owner, join }) => {
    const [ann, ben] = [await join("ann"), await join("ben")];
    const { room } = await owner.call("rooms.create", { name: "board", visibility: "private" });
    const stream = roomStream(room.id);
    const say = (text: string) => owner.call("messages.send", { room: room.id, key: newKey(), text });
    await owner.call("rooms.addMember", { room: room.id, user: ben.user.id });
    const stays = createListener(services.hub, ben.user, createMessageCheck(new Map()));
    await stays.follow(stream, "-1");
    for (let round = 0; round < ROUNDS; round++) {
      await owner.call("rooms.addMember", { room: room.id, user: ann.user.id });
      const listener = createListener(services.hub, ann.user, createMessageCheck(new Map()));
      await listener.follow(stream, round % 2 === 0 ? "now" : "-1");
      const { message } = await say("before");
      await listener.heard(stream, message.seq);
      const [, ...after] = await Promise.all([
        owner.call("rooms.removeMember", { room: room.id, user: ann.user.id }),
        say("behind it"),
        say("and behind that"),
      ]);
      await listener.until(() => listener.gone.has(stream), "the end of the room");
      assert.equal(listener.gone.get(stream), "removed");
      const last = listener.events.get(stream)?.at(-1);
      assert.deepEqual([last?.type, last?.data], ["rooms.left", { user: ann.user.id }]);
      await listener.follow(stream, "-1");
      assert.equal(listener.gone.get(stream), "not_found");
      assert.equal(listener.events.get(stream)?.at(-1), last);
      listener.close();
      await stays.heard(stream, Math.max(...after.map((it) => it.message.seq)));
    }
    stays.close();
  }));

Deno.test("a person removed from a private room gets the removal and nothing past it", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const [ann, ben] = [createClient(hub, person("ann"), "ha"), createClient(hub, person("ben"), "hb")];
      await Promise.all([ann, ben].map((client) => client.follows("room:a")));
      const leave = tell(log, "room:a", "rooms.left", { user: "ben" });
      await Promise.all([post(log, "room:a"), leave, post(log, "room:a"), post(log, "room:a")]);
      await ann.until(() => ann.seqs("room:a").length === 4);
      await ben.until(() => ben.of("gone").length === 1);
      const { seq } = (await log.read("room:a", 0, 10)).find((event) => event.type === "rooms.left") ?? { seq: 0 };
      assert.deepEqual(ben.seqs("room:a"), upTo(seq));
      assert.deepEqual(ben.of("gone").map(({ stream, reason }) => [stream, reason]), [["room:a", "removed"]]);
      await post(log, "room:a");
      await ann.until(() => ann.seqs("room:a").length === 5);
      assert.deepEqual(ben.seqs("room:a"), upTo(seq));
      for (const client of [ann, ben]) client.session.close();
    }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
  }));

Deno.test("a removal that is the last event is delivered at once", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      await ben.follows("room:a");
      await tell(log, "room:a", "rooms.left", { user: "ben" });
      await ben.until(() => ben.of("gone").length === 1);
      assert.deepEqual([ben.seqs("room:a"), ben.of("gone")[0]?.reason], [[1], "removed"]);
      ben.session.close();
    }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
  }));

const PAGE = 500; // events that one read gives

Deno.test("two processes: a removal that the other commits while storage is read ends what comes of it", () =>
  withStorage(async ({ db }) => {
    const other = await openLog(db, undefined, true);
    for (let at = 0; at < PAGE + 100; at++) await post(other, "room:a");
    const here = await openLog(db, undefined, true);
    let meanwhile: (() => Promise<unknown>) | undefined = async () => {
      await tell(other, "room:a", "rooms.left", { user: "ben" });
      await post(other, "room:a");
    };
    const log = {
      ...here,
      async read(stream: string, seq: number, limit: number) {
        const due = meanwhile;
        meanwhile = undefined;
        await due?.();
        return await here.read(stream, seq, limit);
      },
    };
    await withHub(log, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      const topic = hub.topic("room:a");
      await topic.ready;
      ben.session.follow({ "room:a": "-1" });
      await ben.until(() => ben.of("gone").length === 1); // no change watcher yields, but the head is read for ben
      assert.deepEqual(ben.seqs("room:a"), upTo(PAGE + 101));
      assert.equal(ben.of("gone")[0]?.reason, "removed");
    }, { shared: true, authorize: () => Promise.resolve({ private: true, asOf: PAGE + 100 }) });
  }));

Deno.test("two processes: who was removed and came back before they follow is not taken for removed", () =>
  withStorage(async ({ db }) => {
    const other = await openLog(db, undefined, true);
    await post(other, "room:a");
    const here = await openLog(db, undefined, true);
    await withHub(here, async ({ hub }) => {
      const ben = createClient(hub, person("ben"), "hb");
      ben.session.follow({ "room:a": "-1" });
      await ben.until(() => ben.seqs("room:a").length === 4);
      assert.deepEqual([ben.seqs("room:a"), ben.of("gone")], [upTo(4), []]);
      await tell(other, "room:a", "rooms.left", { user: "ben" });
      await hub.topic("room:a").catchUp();
      await ben.until(() => ben.of("gone").length === 1);
      assert.deepEqual(ben.seqs("room:a"), upTo(5));
      ben.session.close();
    }, {
      shared: true,
      async authorize(_, stream) {
        await tell(other, stream, "rooms.left", { user: "ben" });
        await tell(other, stream, "rooms.joined", { user: "ben" });
        const asOf = await post(other, stream);
        return { private: true, asOf };
      },
    });
  }));
