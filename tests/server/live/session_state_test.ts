/** The latest state that a session sends: the digest, and who types. */
import assert from "node:assert/strict";
import type { Grant } from "../../../lib/server/live/streams/follower.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { post, tell, withStorage } from "../../support/storage.ts";
import { within } from "../../faults/within.ts";
import { message } from "../../client/samples.ts";

const TYPING_ENDS_MS = 2_000;

Deno.test("the digest comes whole, then what changed, and a room that is joined", () =>
  withStorage(async ({ log }) => {
    await post(log, "room:a");
    await post(log, "room:b");
    let rooms = ["a"];
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      hub.greet(client.session);
      await client.until(() => client.of("digest").length === 1);
      const lastAt = (await log.head("room:a")).lastAt;
      assert.deepEqual(client.of("digest")[0]?.rooms, { a: { n: 1, lastAt } });
      await post(log, "room:a");
      await post(log, "room:b");
      await client.until(() => client.of("digest").length === 2);
      assert.deepEqual(client.of("digest")[1]?.rooms, { a: { n: 2, lastAt } });
      rooms = ["a", "b"];
      await tell(log, "user:u1", "rooms.added", {});
      await client.until(() => client.of("digest").length === 3);
      assert.deepEqual(client.of("digest")[2]?.rooms, { b: { n: 2, lastAt } });
      client.session.close();
    }, { roomsOf: () => Promise.resolve(rooms) });
  }));

Deno.test("typing is sent to the others who follow, and ends when the message comes", () =>
  withStorage(async ({ log }) => {
    await withHub(log, async ({ hub }) => {
      const [ann, ben] = [createClient(hub, person("ann"), "ha"), createClient(hub, person("ben"), "hb")];
      await Promise.all([ann, ben].map((client) => client.follows("room:a")));
      hub.typed("a", "ann");
      await ben.until(() => ben.of("typing").length === 1);
      const late = createClient(hub, person("cleo"), "hc");
      late.session.follow({ "room:a": "now" });
      await late.until(() => late.of("typing").length === 1);
      await tell(log, "room:a", "messages.sent", { message: message(1) }, "ann");
      // By itself it would end after 5 s.
      await within(TYPING_ENDS_MS, "the end of typing", ben.until(() => ben.of("typing").length === 2));
      assert.deepEqual(ben.of("typing").map((it) => it.users), [["ann"], []]);
      assert.deepEqual(late.of("typing")[0]?.users, ["ann"]);
      assert.deepEqual(ann.of("typing"), []);
      for (const client of [ann, ben, late]) client.session.close();
    });
  }));

Deno.test("who types is not sent to who may not follow, nor before that is known", () =>
  withStorage(async ({ log }) => {
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<Grant | undefined>();
    await withHub(log, async ({ hub }) => {
      const client = createClient(hub);
      client.session.follow({ "room:a": "now" });
      await asked.promise;
      hub.typed("a", "u2");
      answer.resolve(undefined);
      await client.until(() => client.of("gone").length === 1);
      assert.deepEqual(client.of("typing"), []);
      client.session.close();
    }, {
      authorize: () => {
        asked.resolve();
        return answer.promise;
      },
    });
  }));

for (const when of ["before", "after"] as const) {
  Deno.test(`who typed ${when} a person was removed from a private room is not sent to them when they read again`, () =>
    withStorage(async ({ log }) => {
      await withHub(log, async ({ hub }) => {
        const client = createClient(hub);
        await client.follows("room:a");
        client.reads = false;
        if (when === "before") hub.typed("a", "u2");
        await tell(log, "room:a", "rooms.left", { user: "u1" });
        if (when === "after") hub.typed("a", "u2");
        client.reads = true;
        client.session.drained();
        await client.until(() => client.of("gone").length > 0);
        assert.deepEqual(client.of("typing"), []);
        client.session.close();
      }, { authorize: () => Promise.resolve({ private: true, asOf: 0 }) });
    }));
}
