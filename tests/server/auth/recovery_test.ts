import assert from "node:assert/strict";
import { outcomes, refused } from "./refused.ts";
import { newCall, PASSWORD, withAuth } from "./with_auth.ts";

const HOUR_MS = 3_600_000;
const NEW = "another horse battery";

Deno.test("recover() sets the password once, ends every session and begins one; tokens stay", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { token: tool } = await it.auth.createToken(noor.user, { name: "tool" });
    const other = await it.signIn("noor");
    const { token } = await it.auth.createRecovery("noor");
    assert.deepEqual(await it.auth.openRecovery(token), noor.user);
    const call = newCall();
    await it.auth.recover({ token, password: NEW }, call);
    assert.equal((await it.auth.identify(call.token()))?.user.id, noor.user.id);
    for (const ended of [noor, other]) assert.equal(await it.auth.identify(ended.token), undefined);
    assert.equal((await it.auth.identifyToken(tool))?.user.id, noor.user.id);
    await assert.rejects(it.signIn("noor", PASSWORD), refused("unauthenticated"));
    await it.signIn("noor", NEW);
    await assert.rejects(it.auth.openRecovery(token), refused("gone"));
    const before = it.hashes.count;
    await assert.rejects(it.auth.recover({ token, password: PASSWORD }, newCall()), refused("gone"));
    assert.equal(it.hashes.count, before, "a link that is over costs no hashing");
  }));

Deno.test("a recovery link ends after an hour, with another's use, with a new password, and with the owner's role", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const link = async (handle = "noor") => (await it.auth.createRecovery(handle)).token;
    const late = await link();
    it.clock.now += HOUR_MS - 1;
    await it.auth.openRecovery(late);
    it.clock.now += 1;
    await assert.rejects(it.auth.openRecovery(late), refused("gone"));

    const [one, other] = [await link(), await link()];
    await it.auth.recover({ token: one, password: NEW }, newCall());
    await assert.rejects(it.auth.openRecovery(other), refused("gone"));

    const changed = await link();
    await it.auth.changePassword({ current: NEW, password: PASSWORD }, await it.signIn("noor", NEW));
    await assert.rejects(it.auth.openRecovery(changed), refused("gone"));

    const mia = await it.join(noor, "mia");
    await it.users.setRole(noor.user, { user: mia.user.id, role: "owner" });
    const [demoted, gone] = [await link("mia"), await link("mia")];
    await it.users.setRole(noor.user, { user: mia.user.id, role: "admin" });
    await assert.rejects(it.auth.openRecovery(demoted), refused("gone"));
    await it.users.deactivate(noor.user, mia.user.id);
    await assert.rejects(it.auth.openRecovery(gone), refused("gone"));
    await assert.rejects(it.auth.openRecovery("made up"), refused("gone"));
  }));

Deno.test("a recovery link used twice at once sets one password", () =>
  withAuth(async (it) => {
    await it.setUp();
    const { token } = await it.auth.createRecovery("noor");
    const passwords = [`${NEW} one`, `${NEW} two`];
    const calls = passwords.map(() => newCall());
    const settled = await Promise.allSettled(
      passwords.map((password, at) => it.auth.recover({ token, password }, calls[at] ?? newCall())),
    );
    assert.deepEqual(outcomes(settled), { done: 1, codes: ["gone"] });
    const wins = settled.findIndex(({ status }) => status === "fulfilled");
    await it.signIn("noor", passwords[wins]);
    assert.equal(calls[1 - wins]?.token(), "", "who was too late is not signed in");
  }));

Deno.test("only an active owner gets a recovery link", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    await it.join(noor, "mia");
    await assert.rejects(it.auth.createRecovery("mia"), refused("forbidden"));
    await assert.rejects(it.auth.createRecovery("nobody"), refused("not_found"));
  }));
