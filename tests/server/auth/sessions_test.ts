import assert from "node:assert/strict";
import { userStream } from "../../../lib/protocol/streams.ts";
import { refused } from "./refused.ts";
import { newCall, PASSWORD, withAuth } from "./with_auth.ts";

const DAY_MS = 86_400_000;

Deno.test("identify() knows a token until it ends, and nothing that is none", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const found = await it.auth.identify(noor.token);
    assert.deepEqual(found?.user, noor.user);
    assert.equal(found?.expiresAt, it.clock.now + 30 * DAY_MS);
    assert.deepEqual((await it.auth.identifyHashes([found?.hash ?? ""]))[0], found);
    for (const token of ["", "x", found?.hash ?? "", noor.session, `${noor.token}x`]) {
      assert.equal(await it.auth.identify(token), undefined);
    }
    it.clock.now += 30 * DAY_MS;
    assert.equal(await it.auth.identify(noor.token), undefined);
    assert.equal((await it.auth.identifyHashes([found?.hash ?? ""]))[0], undefined);
  }));

Deno.test("a session in use is renewed, at most once a day, and says so", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    it.clock.now += DAY_MS - 1;
    assert.equal((await it.auth.identify(noor.token))?.renewed, undefined);
    it.clock.now += DAY_MS;
    const renewed = await it.auth.identify(noor.token);
    assert.equal(renewed?.renewed, true);
    assert.equal(renewed?.expiresAt, it.clock.now + 30 * DAY_MS);
    assert.equal((await it.auth.identify(noor.token))?.renewed, undefined);
    it.clock.now += 29 * DAY_MS;
    assert.deepEqual((await it.auth.identify(noor.token))?.user, noor.user);
  }));

Deno.test("seenAt is written at most every few minutes, and a full disk sends nobody away", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const at = it.clock.now;
    const seenAt = async () => (await it.auth.sessions(noor)).sessions[0]?.seenAt;
    it.clock.now = at + 60_000;
    await it.auth.identify(noor.token);
    assert.equal(await seenAt(), at);
    it.clock.now = at + 6 * 60_000;
    await it.auth.identify(noor.token);
    assert.equal(await seenAt(), at + 6 * 60_000);
    it.clock.now += DAY_MS;
    it.db.commit = () => Promise.reject(new Error("disk is full"));
    assert.deepEqual((await it.auth.identify(noor.token))?.user, noor.user);
  }));

Deno.test("sessions() lists mine with the current one; revokeSession() ends one and publishes it", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    it.clock.now += 1;
    const other = await it.signIn("noor");
    assert.deepEqual(
      (await it.auth.sessions(other)).sessions.map(({ id, current, agent }) => ({ id, current, agent })),
      [{ id: noor.session, current: false, agent: "test" }, { id: other.session, current: true, agent: "test" }],
    );
    await assert.rejects(it.auth.revokeSession(mia.user, noor.session), refused("not_found"));
    await assert.rejects(it.auth.revokeSession(noor.user, "nothing"), refused("not_found"));
    await it.auth.revokeSession(noor.user, other.session);
    assert.equal(await it.auth.identify(other.token), undefined);
    assert.deepEqual((await it.auth.identify(noor.token))?.user, noor.user);
    const events = await it.log.read(userStream(noor.user.id), 0, 10);
    assert.deepEqual(events.map(({ type, data }) => ({ type, data })), [
      { type: "sessions.revoked", data: { session: other.session } },
    ]);
    await assert.rejects(it.auth.revokeSession(noor.user, other.session), refused("not_found"));
  }));

Deno.test("signOut() ends the session and clears the cookie, twice without complaint", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    for (let n = 0; n < 2; n++) {
      let cleared = false;
      await it.auth.signOut({ ...noor, setSession: (token) => void (cleared = token === undefined) });
      assert.equal(cleared, true);
      assert.equal(await it.auth.identify(noor.token), undefined);
    }
  }));

Deno.test("coming in ends the session whose cookie it replaces, and publishes it; what is refused ends nothing", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { invite } = await it.auth.createInvite(noor, {});
    it.clock.now += 1;
    const first = { ...await it.signIn("noor"), ...newCall() };
    const wrong = it.auth.signIn({ handle: "noor", password: "wrong horse battery" }, first);
    await assert.rejects(wrong, refused("unauthenticated"));
    const mia = { invite, name: "Mia", handle: "mia", password: PASSWORD };
    await assert.rejects(it.auth.signUp({ ...mia, handle: "noor" }, first), refused("conflict"));
    const ids = async () => (await it.auth.sessions(noor)).sessions.map(({ id }) => id);
    assert.deepEqual(await ids(), [noor.session, first.session]);
    await it.auth.signIn({ handle: "noor", password: PASSWORD }, { ...first, byToken: true });
    assert.equal((await ids()).length, 3, "a token is no session");

    await it.auth.signIn({ handle: "noor", password: PASSWORD }, first);
    const second = await it.auth.identify(first.token());
    assert(second);
    assert(!(await ids()).includes(first.session));
    await it.auth.signUp(mia, { ...first, ...second, byToken: undefined });
    assert.equal((await it.auth.identify(first.token()))?.user.handle, "mia");
    assert(!(await ids()).includes(second.session));
    const events = await it.log.read(userStream(noor.user.id), 0, 10);
    assert.deepEqual(
      events.map(({ type, data }) => ({ type, data })),
      [first, second].map(({ session }) => {
        return { type: "sessions.revoked", data: { session } };
      }),
    );
  }));

Deno.test("deactivating ends sessions, and reactivating brings none back", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    const hash = (await it.auth.identify(mia.token))?.hash ?? "";
    await it.users.deactivate(noor.user, mia.user.id);
    assert.equal(await it.auth.identify(mia.token), undefined);
    assert.equal((await it.auth.identifyHashes([hash]))[0], undefined);
    await it.users.reactivate(noor.user, mia.user.id);
    assert.equal(await it.auth.identify(mia.token), undefined);
    const again = await it.signIn("mia");
    await assert.rejects(it.auth.revokeSession(again.user, mia.session), refused("not_found"));
    assert.deepEqual((await it.auth.sessions(again)).sessions.map(({ id }) => id), [again.session]);
  }));

Deno.test("only a token's hash is stored, and it is no token", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { invite } = await it.auth.createInvite(noor, {});
    assert(noor.token.length >= 43 && invite.length >= 22);
    const stored = JSON.stringify(await it.db.list({ prefix: [] }, { limit: 1_000 }));
    assert(stored.includes(noor.session));
    for (const secret of [noor.token, invite]) assert(!stored.includes(secret));
  }));
