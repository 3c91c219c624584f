import assert from "node:assert/strict";
import { followPeople } from "../../islands/shared/people_following.ts";
import type { Follower } from "../../lib/client/connection/following.ts";
import { createPeopleStore } from "../../lib/client/stores/people_store.ts";
import { Refusal } from "../../lib/protocol/errors.ts";
import { USERS_GET_MAX } from "../../lib/protocol/fields.ts";
import type { User } from "../../lib/protocol/users.ts";
import { createFakeClock } from "../client/fake_clock.ts";
import { offset, user } from "../client/samples.ts";
import { createScriptedCaller } from "../client/scripted_caller.ts";

function follow(ids: string[]) {
  const { call, asked } = createScriptedCaller();
  const people = createPeopleStore({ users: ids.map(user), call, clock: createFakeClock() });
  const follows: { stream: string; offset: string; follower: Follower }[] = [];
  followPeople({
    people,
    live: { call, follow: (stream, offset, follower) => void follows.push({ stream, offset, follower }) },
  });
  return {
    asked,
    follows,
    name: (id: string) => people.users.value.get(id)?.name,
    followed: () => follows.at(-1)?.follower.followed?.(),
    gone: () => follows.at(-1)?.follower.gone("trimmed"),
    say: (type: string, it: User) =>
      follows.at(-1)?.follower.events([{ seq: 1, type, at: 1, by: it.id, data: { user: it } }], offset(1)),
  };
}

const anew = (id: string): User => ({ ...user(id), name: `${id} anew` });

Deno.test("the feed is followed from now on, and everybody known is read anew behind that, once", async () => {
  const ids = Array.from({ length: USERS_GET_MAX + 1 }, (_, at) => `u${at}`);
  const { asked, follows, followed, name } = follow(ids);
  assert.deepEqual(follows.map(({ stream, offset }) => [stream, offset]), [["feed", "now"]]);
  followed();
  await asked[0]?.answer({ users: ids.slice(0, USERS_GET_MAX).map(anew) });
  await asked[1]?.answer({ users: ids.slice(USERS_GET_MAX).map(anew) });
  assert.deepEqual([name("u0"), name(`u${USERS_GET_MAX}`)], ["u0 anew", `u${USERS_GET_MAX} anew`]);
  followed(); // after a reconnect: what happened meanwhile comes as events
  assert.equal(asked.length, 2);
});

Deno.test("a reading that failed is made up for by the next connection; a stream that is gone is read behind again", async () => {
  const { asked, follows, followed, gone, name } = follow(["ann"]);
  followed();
  await asked[0]?.refuse(new Refusal("unavailable", "Cannot get people: storage is away"));
  followed();
  await asked[1]?.answer({ users: [user("ann")] });
  gone();
  assert.equal(follows.length, 2);
  followed();
  await asked[2]?.answer({ users: [anew("ann")] });
  assert.equal(name("ann"), "ann anew");
});

Deno.test("what comes while people are read stays, and other events mean nothing here", async () => {
  const { asked, followed, name, say } = follow(["ann", "bo"]);
  followed();
  say("users.updated", anew("ann"));
  say("feed.posted", anew("bo"));
  say("rooms.joined", anew("bo"));
  await asked[0]?.answer({ users: [user("ann"), user("bo")] });
  assert.deepEqual([name("ann"), name("bo")], ["ann anew", user("bo").name]);
  say("users.deactivated", { ...anew("bo"), deactivatedAt: 1 });
  assert.equal(name("bo"), "bo anew");
});
