/** A room's members, however many, as a page counts and shows them. */
import assert from "node:assert/strict";
import { render } from "preact-render-to-string";
import { createMembersStore } from "../../lib/client/stores/members_store.ts";
import { setAt } from "../../lib/server/kv/key.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import { MembersPane } from "../../lib/ui/room/members_pane.tsx";
import { withWorkspace } from "../support/services.ts";

const ADDED = 5_000;
const ATOMIC = 500;

Deno.test("The members pane counts 5,001 members and says how many of them it shows", () =>
  withWorkspace(async ({ services, owner }) => {
    const { room } = await owner.call("rooms.create", { name: "big", visibility: "public" });
    const ids = Array.from({ length: ADDED }, (_, at) => `seeded${String(at).padStart(5, "0")}`);
    for (let at = 0; at < ADDED; at += ATOMIC) {
      const sets = ids.slice(at, at + ATOMIC).map((id) => setAt(keys.member(room.id, id), true));
      assert.ok(await services.db.commit({ sets }));
    }
    const needed: string[] = [];
    const people = { need: (ids: Iterable<string>) => void needed.push(...ids) };
    const store = createMembersStore({ call: (name, body) => owner.call(name, body), people });
    await store.load(room.id);
    assert.deepEqual(needed, store.members.value.get(room.id)?.slice(0, 200)); // Only those who are shown.
    const members = store.members.value.get(room.id) ?? [];
    assert.equal(new Set(members).size, ADDED + 1);
    const presence = new Map();
    const pane = MembersPane({ room: room.id, title: "#big", members, users: new Map(), presence, me: owner.user.id });
    const text = render(pane).replace(/<[^>]*>/g, " ");
    assert.match(text, /5,001 people/);
    assert.match(text, /Showing 200 of 5,001 people/);
    assert.equal(render(pane).match(/<li>/g)?.length, 200);
  }));
