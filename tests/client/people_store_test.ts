/** The names that a page keeps, however many it comes by. */
import assert from "node:assert/strict";
import { createPeopleStore, KNOWN_MAX } from "../../lib/client/stores/people_store.ts";
import type { User } from "../../lib/protocol/users.ts";
import { createFakeClock } from "./fake_clock.ts";
import { createScriptedCaller } from "./scripted_caller.ts";

const GATHERED_MS = 20;
const person = (id: string): User => ({ id, handle: id, name: id.toUpperCase(), role: "member" });

Deno.test("past as many people as are kept, one who is needed is fetched, and one long unneeded makes room", async () => {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const first = Array.from({ length: KNOWN_MAX }, (_, at) => person(`p${at}`));
  const people = createPeopleStore({ users: first, call, clock });
  const meet = async (...ids: string[]) => {
    people.need(ids);
    clock.advance(GATHERED_MS);
    await asked.at(-1)?.answer({ users: ids.map(person) });
  };
  people.need(["p0"]);
  await meet("new1", "new2");
  assert.deepEqual(asked.map((it) => it.body), [{ ids: ["new1", "new2"] }]);
  assert.equal(people.users.value.get("new2")?.name, "NEW2");
  assert.equal(people.users.value.size, KNOWN_MAX);
  assert.deepEqual(["p0", "p1", "p2", "p3"].map((id) => people.users.value.has(id)), [true, false, false, true]);
  await meet("p1");
  assert.deepEqual([people.users.value.get("p1")?.name, people.users.value.has("p3")], ["P1", false]);
});

Deno.test("who is not there is asked for once, and past many such others still are", async () => {
  const clock = createFakeClock();
  const { call, asked } = createScriptedCaller();
  const people = createPeopleStore({ users: [], call, clock });
  people.need(Array.from({ length: KNOWN_MAX }, (_, at) => `nobody${at}`));
  for (let at = 0; at < KNOWN_MAX / 200; at++) {
    clock.advance(GATHERED_MS);
    await asked[at]?.answer({ users: [] });
  }
  people.need(["nobody4999", "ann"]);
  clock.advance(GATHERED_MS);
  assert.deepEqual(asked.at(-1)?.body, { ids: ["ann"] });
  await asked.at(-1)?.answer({ users: [person("ann")] });
  assert.equal(people.users.value.get("ann")?.name, "ANN");
});
