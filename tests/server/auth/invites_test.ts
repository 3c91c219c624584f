import assert from "node:assert/strict";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { commands } from "../../../lib/protocol/commands.ts";
import { parse, Refusal } from "../../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { refused } from "./refused.ts";
import { type AuthCase, newCall, PASSWORD, withAuth } from "./with_auth.ts";

const DAY_MS = 86_400_000;

Deno.test("createInvite() gives a link under the call's origin, good for 7 days", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { id, invite, url } = await it.auth.createInvite(noor, {});
    assert.equal(url, `https://chat.example/join/${invite}`);
    assert.deepEqual(await it.auth.openInvite(invite), {
      workspace: "Northfell",
      by: noor.user,
      expiresAt: it.clock.now + 7 * DAY_MS,
    });
    const { invites } = await it.auth.invites(noor.user, { limit: 50 });
    assert.deepEqual(invites.map(({ id, by }) => ({ id, by })), [{ id, by: noor.user.id }]);
  }));

Deno.test("an invite that is expired, revoked, used up or none is gone, whatever the reason", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const revoked = await it.auth.createInvite(noor, {});
    await it.auth.revokeInvite(noor.user, revoked.id);
    const expired = await it.auth.createInvite(noor, { expiresIn: 1_000 });
    it.clock.now += 1_000;
    const details = new Set<string>();
    for (const token of [revoked.invite, expired.invite, "none", expired.id]) {
      const error = await it.auth.openInvite(token).catch((error) => error);
      assert.equal(error.code, "gone");
      details.add(error.detail);
    }
    assert.equal(details.size, 1);
    await assert.rejects(it.auth.revokeInvite(noor.user, expired.id), refused("not_found"));
    assert.deepEqual(await it.auth.invites(noor.user, { limit: 50 }), { invites: [], more: false });
  }));

Deno.test("invites() gives usable ones page by page, with what is left of them", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const made = [];
    for (let n = 0; n < 7; n++) {
      it.clock.now += 1;
      made.push(await it.auth.createInvite(noor, n % 2 ? { expiresIn: 1_000 } : { uses: n + 1 }));
    }
    it.clock.now += 1_000;
    const first = await it.auth.invites(noor.user, { limit: 3 });
    assert.deepEqual(first.invites.map(({ id, uses }) => [id, uses]), [
      [made[0]?.id, 1],
      [made[2]?.id, 3],
      [made[4]?.id, 5],
    ]);
    assert.equal(first.more, true);
    const rest = await it.auth.invites(noor.user, { limit: 3, after: made[4]?.id });
    assert.deepEqual([rest.invites.map(({ id }) => id), rest.more], [[made[6]?.id], false]);
  }));

Deno.test("members may not invite, nor may who was an admin until now", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    const { id } = await it.auth.createInvite(noor, {});
    const all = (call: typeof mia) => [
      () => it.auth.createInvite(call, {}),
      () => it.auth.invites(call.user, { limit: 50 }),
      () => it.auth.revokeInvite(call.user, id),
    ];
    for (const one of all(mia)) await assert.rejects(one(), refused("forbidden"));
    const admin = { ...mia, user: await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" }) };
    await it.users.setRole(noor.user, { user: mia.user.id, role: "member" });
    for (const one of all(admin)) await assert.rejects(one(), refused("forbidden"));
    await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" });
    for (const one of all(mia)) await one();
  }));

/** What takes from the maker of an invite the right to invite, and what it changes in their document. */
const losses: Record<string, {
  lose: (it: AuthCase, owner: SignedInCall, id: string) => Promise<unknown>;
  change: Record<string, unknown>;
}> = {
  "who is no admin any longer": {
    lose: (it, owner, id) => it.users.setRole(owner.user, { user: id, role: "member" }),
    change: { role: "member" },
  },
  "who was deactivated": {
    lose: (it, owner, id) => it.users.deactivate(owner.user, id),
    change: { deactivatedAt: 1, deactivations: 1, signIns: 1 },
  },
};

async function byAdmin(it: AuthCase) {
  const noor = await it.setUp();
  const mia = await it.join(noor, "mia");
  await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" });
  return { noor, mia, made: await it.auth.createInvite(mia, {}) };
}

const joining = (it: AuthCase, invite: string, handle = "abe") =>
  it.auth.signUp({ invite, name: handle, handle, password: PASSWORD }, newCall());

for (const [whose, { lose, change }] of Object.entries(losses)) {
  Deno.test(`an invite of somebody ${whose} is gone, and in no list`, () =>
    withAuth(async (it) => {
      const { noor, mia, made } = await byAdmin(it);
      const kept = await it.auth.createInvite(noor, {});
      await lose(it, noor, mia.user.id);
      await assert.rejects(it.auth.openInvite(made.invite), refused("gone"));
      await assert.rejects(joining(it, made.invite), refused("gone"));
      const { invites } = await it.auth.invites(noor.user, { limit: 50 });
      assert.deepEqual(invites.map(({ id }) => id), [kept.id]);
      await assert.rejects(it.auth.revokeInvite(noor.user, made.id), refused("not_found"));
      await joining(it, kept.invite);
    }));

  Deno.test(`a sign-up under way by an invite of somebody ${whose} meanwhile lets nobody in`, () =>
    withAuth(async (it) => {
      const { mia, made } = await byAdmin(it);
      const { commit } = it.db;
      const key = keys.user(mia.user.id);
      let lost = false;
      it.db.commit = async (write) => {
        if (!lost && write.sets?.some(({ key }) => JSON.stringify(key) === JSON.stringify(keys.handle("abe")))) {
          lost = true; // the sign-up has read all that it relies on, and another instance writes
          const { value } = await it.db.get(key);
          assert(value);
          await commit({ sets: [setAt(key, { ...value, ...change })] });
        }
        return await commit(write);
      };
      await assert.rejects(joining(it, made.invite), refused("gone"));
      assert(lost);
      assert.equal((await it.users.list({ limit: 100 })).users.length, 2);
    }));
}

Deno.test("a role given back brings its invites back; coming back after a deactivation does not", () =>
  withAuth(async (it) => {
    const { noor, mia, made } = await byAdmin(it);
    const user = mia.user.id;
    await it.users.setRole(noor.user, { user, role: "member" });
    await it.users.setRole(noor.user, { user, role: "owner" });
    await joining(it, made.invite);
    await it.users.deactivate(noor.user, user);
    await it.users.reactivate(noor.user, user);
    await assert.rejects(joining(it, made.invite, "ida"), refused("gone"));
    const again = await it.auth.createInvite(await it.signIn("mia"), {});
    await joining(it, again.invite, "ida");
  }));

Deno.test("an invite of an earlier version that works longer and oftener is held to 90 days and 1,000 uses", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { id, invite } = await it.auth.createInvite(noor, {});
    const { value } = await it.db.get(keys.invite(id));
    assert(value);
    const { deactivations: _, ...old } = value;
    const long = { ...old, expiresAt: it.clock.now + 365 * DAY_MS, uses: 5_000 };
    await it.db.commit({ sets: [setAt(keys.invite(id), long)] });
    const [line] = (await it.auth.invites(noor.user, { limit: 50 })).invites;
    assert.deepEqual([line?.expiresAt, line?.uses], [it.clock.now + 90 * DAY_MS, 1_000]);
    await joining(it, invite);
    assert.equal((await it.auth.invites(noor.user, { limit: 50 })).invites[0]?.uses, 999);
    it.clock.now += 90 * DAY_MS;
    await assert.rejects(joining(it, invite, "ida"), refused("gone"));
  }));

Deno.test("an invite is made for at most 90 days and 1,000 uses", () => {
  const { input, verb } = commands["invites.create"];
  parse(input, { expiresIn: 90 * DAY_MS, uses: 1_000 }, verb);
  const details = [{ expiresIn: 90 * DAY_MS + 1 }, { uses: 1_001 }].map((body) => {
    try {
      parse(input, body, verb);
    } catch (error) {
      assert(error instanceof Refusal && error.code === "invalid");
      return error.detail;
    }
  });
  assert.deepEqual(details, [
    "Cannot make invite: expiresIn must be at most 90 days",
    "Cannot make invite: uses must be at most 1000",
  ]);
});
