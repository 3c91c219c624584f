import assert from "node:assert/strict";
import { FEED } from "../../../lib/protocol/streams.ts";
import { outcomes, refused } from "../auth/refused.ts";
import { type AuthCase, withAuth } from "../auth/with_auth.ts";

async function eventsOf({ log }: AuthCase, after: number) {
  const events = await log.read(FEED, after, 100);
  return events.map(({ type, by, data }) => ({ type, by, data }));
}

Deno.test("list() gives people in the order in which they came, deactivated ones too, page by page", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    for (const handle of ["zoe", "abe", "mia"]) {
      it.clock.now += 1;
      await it.join(noor, handle);
    }
    const [, zoe] = (await it.users.list({ limit: 50 })).users;
    await it.users.deactivate(noor.user, zoe?.id ?? "");
    const first = await it.users.list({ limit: 3 });
    assert.deepEqual(first.users.map((user) => user.handle), ["noor", "zoe", "abe"]);
    assert.equal(first.more, true);
    assert.equal(first.users[1]?.deactivatedAt, it.clock.now);
    const rest = await it.users.list({ limit: 3, after: first.users[2]?.id });
    assert.deepEqual([rest.users.map((user) => user.handle), rest.more], [["mia"], false]);
  }));

Deno.test("get() leaves out who there isn't and gives nobody twice", () =>
  withAuth(async (it) => {
    const { user } = await it.setUp();
    assert.deepEqual(await it.users.get(["nobody", user.id, user.id]), [user]);
    assert.deepEqual(Object.keys(user).sort(), ["handle", "id", "name", "role"]);
  }));

Deno.test("update() changes the profile with its event; the old handle is free again", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    const { seq } = await it.log.head(FEED);
    const user = await it.users.update(mia.user, { name: "Mia B", handle: "mia.b", avatar: "a1" });
    assert.deepEqual(user, { id: mia.user.id, handle: "mia.b", name: "Mia B", role: "member", avatar: "a1" });
    assert.deepEqual(await it.users.update(mia.user, { name: "Mia B" }), user);
    assert.deepEqual(await eventsOf(it, seq), [{ type: "users.updated", by: user.id, data: { user } }]);
    assert.equal((await it.users.accountByHandle("mia.b"))?.user.id, user.id);
    assert.equal(await it.users.accountByHandle("mia"), undefined);
    await it.users.update(noor.user, { handle: "mia" });
    await assert.rejects(it.users.update(mia.user, { handle: "mia" }), refused("conflict"));
    assert.equal("avatar" in await it.users.update(mia.user, { avatar: "" }), false);
  }));

Deno.test("a handle that two people want at once goes to one of them", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const people = [noor, await it.join(noor, "mia"), await it.join(noor, "abe")];
    const settled = await Promise.allSettled(people.map(({ user }) => it.users.update(user, { handle: "boss" })));
    assert.deepEqual(outcomes(settled), { done: 1, codes: ["conflict", "conflict"] });
  }));

Deno.test("setRole(): members may not, admins may but not about owners, unknown people are not found", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const [mia, abe, zoe] = [await it.join(noor, "mia"), await it.join(noor, "abe"), await it.join(noor, "zoe")];
    await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" });
    const admin = mia.user; // as a connection knew her before: the role now counts
    await assert.rejects(it.users.setRole(abe.user, { user: zoe.user.id, role: "admin" }), refused("forbidden"));
    await assert.rejects(it.users.setRole(abe.user, { user: "nobody", role: "admin" }), refused("not_found"));
    assert.equal((await it.users.setRole(admin, { user: abe.user.id, role: "admin" })).role, "admin");
    await assert.rejects(it.users.setRole(admin, { user: zoe.user.id, role: "owner" }), refused("forbidden"));
    await assert.rejects(it.users.setRole(admin, { user: noor.user.id, role: "member" }), refused("forbidden"));
    await assert.rejects(it.users.deactivate(admin, noor.user.id), refused("forbidden"));
    await it.users.setRole(noor.user, { user: mia.user.id, role: "member" });
    await assert.rejects(it.users.setRole(admin, { user: zoe.user.id, role: "admin" }), refused("forbidden"));
  }));

Deno.test("the last active owner stays", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    await assert.rejects(it.users.setRole(noor.user, { user: noor.user.id, role: "admin" }), refused("conflict"));
    await assert.rejects(it.users.deactivate(noor.user, noor.user.id), refused("conflict"));
    await it.users.setRole(noor.user, { user: mia.user.id, role: "owner" });
    await it.users.deactivate(noor.user, mia.user.id);
    await assert.rejects(it.users.deactivate(noor.user, noor.user.id), refused("conflict"));
    await it.users.reactivate(noor.user, mia.user.id);
    assert.equal((await it.users.setRole(noor.user, { user: noor.user.id, role: "member" })).role, "member");
  }));

for (const how of ["each other", "themselves"]) {
  Deno.test(`two owners who drop ${how} at once leave one`, () =>
    withAuth(async (it) => {
      const noor = await it.setUp();
      const mia = await it.join(noor, "mia");
      for (let round = 0; round < 10; round++) {
        const [one, other] = [noor.user, mia.user];
        await it.users.setRole(one, { user: other.id, role: "owner" });
        const targets = how === "each other" ? [other, one] : [one, other];
        const settled = await Promise.allSettled([one, other].map((actor, at) => {
          return it.users.setRole(actor, { user: targets[at]?.id ?? "", role: "member" });
        }));
        assert.equal(outcomes(settled).done, 1);
        const owners = (await it.users.list({ limit: 50 })).users.filter((user) => user.role === "owner");
        assert.equal(owners.length, 1);
        const [owner] = owners;
        if (owner && owner.id !== noor.user.id) {
          await it.users.setRole(owner, { user: noor.user.id, role: "owner" });
          await it.users.setRole(noor.user, { user: owner.id, role: "member" });
        }
      }
    }));
}

Deno.test("deactivate() and reactivate() are published on the feed, once", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    const { seq } = await it.log.head(FEED);
    const gone = await it.users.deactivate(noor.user, mia.user.id);
    assert.deepEqual(await it.users.deactivate(noor.user, mia.user.id), gone);
    await assert.rejects(it.users.update(mia.user, { name: "x" }), refused("unauthenticated"));
    const back = await it.users.reactivate(noor.user, mia.user.id);
    assert.deepEqual(back, mia.user);
    assert.deepEqual(await eventsOf(it, seq), [
      { type: "users.deactivated", by: noor.user.id, data: { user: gone } },
      { type: "users.updated", by: noor.user.id, data: { user: back } },
    ]);
  }));
