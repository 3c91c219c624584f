import assert from "node:assert/strict";
import { refused } from "./refused.ts";
import { withAuth } from "./with_auth.ts";

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
      it.auth.createInvite(call, {}),
      it.auth.invites(call.user, { limit: 50 }),
      it.auth.revokeInvite(call.user, id),
    ];
    for (const one of all(mia)) await assert.rejects(one, refused("forbidden"));
    const admin = { ...mia, user: await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" }) };
    await it.users.setRole(noor.user, { user: mia.user.id, role: "member" });
    for (const one of all(admin)) await assert.rejects(one, refused("forbidden"));
    await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" });
    await Promise.all(all(mia));
  }));
