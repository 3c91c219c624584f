import assert from "node:assert/strict";
import { createFeedParts } from "../../lib/client/stores/feed_parts.ts";
import { createLiveClient } from "../../lib/client/connection/live_client.ts";
import { createPeopleStore } from "../../lib/client/stores/people_store.ts";
import { createRoomsStore } from "../../lib/client/stores/rooms_store.ts";
import { createUnseen } from "../../lib/client/stores/unseen.ts";
import { followFeed } from "../../islands/feed/feed_following.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { createFakeClock, settled } from "../client/fake_clock.ts";
import { line, offset, user } from "../client/samples.ts";
import { createScriptedTransport } from "../client/scripted_transport.ts";

Deno.test("what failed when the page began is read again on the next connection, and what did not is not", async () => {
  const clock = createFakeClock();
  const transport = createScriptedTransport("sse");
  const live = createLiveClient({
    transport,
    clock,
    probe: () => Promise.resolve("ok"),
    random: () => 0.5,
    post: () => Promise.reject(new Refusal("unavailable", "no session")),
  });
  const { call } = live;
  const rooms = createRoomsStore({ summaries: [], call, clock, random: () => 0.5 });
  followFeed({
    me: "me",
    live,
    rooms,
    people: createPeopleStore({ users: [user("ann")], call, clock }),
    feed: createFeedParts({ parts: [], call, clock, random: () => 0.5 }),
    unseen: createUnseen({ first: 0, call, clock }),
  });
  live.start();
  const begin = async () => {
    transport.last().welcome();
    for (const stream of ["feed", "user:me"]) {
      transport.last().say({ t: "followed", stream, offset: offset(0), head: offset(0) });
    }
    await settled();
  };
  const breaks = async () => {
    transport.last().close(1006);
    await settled();
    clock.advance(1_000);
  };
  const asked = () => ["rooms.list", "users.get"].map((name) => transport.last().open(name).length);
  await begin();
  assert.deepEqual(asked(), [1, 1]);
  await breaks();
  await begin();
  assert.deepEqual(asked(), [1, 1]);
  transport.last().reply("rooms.list", { rooms: [line("r1")], more: false });
  transport.last().reply("users.get", { users: [user("ann")] });
  await settled();
  assert.deepEqual(rooms.summaries.value.map((it) => it.room.id), ["r1"]);
  await breaks();
  await begin();
  assert.deepEqual(asked(), [0, 0]);
  live.stop();
});
