import assert from "node:assert/strict";
import { keys } from "../../../lib/server/kv/keys.ts";
import { refused } from "./refused.ts";
import { PASSWORD, withAuth } from "./with_auth.ts";

const MINUTE_MS = 60_000;

Deno.test("createToken() gives a token that names its person, and is stored as its hash only", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { id, token } = await it.auth.createToken(noor.user, { name: "flood alerts" });
    assert.match(token, /^[\w-]{43}$/, "256 bits");
    const found = await it.auth.identifyToken(token);
    assert.deepEqual([found?.user, found?.session, found?.byToken], [noor.user, id, true]);
    assert.deepEqual((await it.auth.identifyHashes([found?.hash ?? ""]))[0]?.user, noor.user);
    for (const prefix of [["token"], ["user_token"]]) {
      const entries = await it.db.list({ prefix }, { limit: 9 });
      assert.equal(entries.length, 1);
      assert(!JSON.stringify(entries).includes(token));
    }
    const { tokens, more } = await it.auth.tokens(noor.user, { limit: 50 });
    assert(!JSON.stringify(tokens).includes(token));
    assert.deepEqual([tokens.map(({ id, name }) => ({ id, name })), more], [[{ id, name: "flood alerts" }], false]);
  }));

Deno.test("a session's token is no access token, nor the other way round", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { token } = await it.auth.createToken(noor.user, { name: "t" });
    assert.equal(await it.auth.identifyToken(noor.token), undefined);
    assert.equal(await it.auth.identify(token), undefined);
  }));

Deno.test("a token ends when it is revoked, at its time, and with its person, for good", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    const make = async (expiresIn?: number) => {
      const made = await it.auth.createToken(mia.user, { name: "t", ...(expiresIn !== undefined && { expiresIn }) });
      const hash = (await it.auth.identifyToken(made.token))?.hash ?? "";
      return { ...made, isUsed: async () => (await it.auth.identifyToken(made.token)) !== undefined, hash };
    };
    const [revoked, expiring, lasting] = [await make(), await make(MINUTE_MS), await make()];
    await assert.rejects(it.auth.revokeToken(noor.user, revoked.id), refused("not_found"));
    await it.auth.revokeToken(mia.user, revoked.id);
    await assert.rejects(it.auth.revokeToken(mia.user, revoked.id), refused("not_found"));
    it.clock.now += MINUTE_MS - 1;
    assert.deepEqual([await revoked.isUsed(), await expiring.isUsed(), await lasting.isUsed()], [false, true, true]);
    it.clock.now += 1;
    assert.equal(await expiring.isUsed(), false);
    await assert.rejects(it.auth.revokeToken(mia.user, expiring.id), refused("not_found"));
    assert.deepEqual((await it.auth.tokens(mia.user, { limit: 50 })).tokens.map(({ id }) => id), [lasting.id]);

    await it.auth.changePassword({ current: PASSWORD, password: "another horse battery" }, mia);
    assert.equal(await lasting.isUsed(), true, "tokens stay when the password changes");
    await it.users.deactivate(noor.user, mia.user.id);
    assert.equal(await lasting.isUsed(), false);
    await assert.rejects(it.auth.createToken(mia.user, { name: "late" }), refused("unauthenticated"));
    await it.users.reactivate(noor.user, mia.user.id);
    for (const { isUsed, hash } of [revoked, expiring, lasting]) {
      assert.deepEqual([await isUsed(), (await it.auth.identifyHashes([hash]))[0]], [false, undefined]);
    }
    assert.deepEqual((await it.auth.tokens(mia.user, { limit: 50 })).tokens, []);
    const fresh = await make();
    assert.equal(await fresh.isUsed(), true);
    assert.equal((await it.db.list({ prefix: keys.userTokens(mia.user.id) }, { limit: 9 })).length, 1, "dead ones go");
  }));

Deno.test("when a token was used is written at most once in 5 minutes, whatever else is asked", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { token } = await it.auth.createToken(noor.user, { name: "t" });
    const usedAt = async () => (await it.auth.tokens(noor.user, { limit: 50 })).tokens[0]?.lastUsedAt;
    assert.equal(await usedAt(), undefined);
    const first = it.clock.now;
    const found = await it.auth.identifyToken(token);
    assert.equal(await usedAt(), first);
    it.clock.now += 5 * MINUTE_MS - 1;
    await it.auth.identifyToken(token);
    assert.equal(await usedAt(), first);
    it.clock.now += 1;
    await it.auth.identifyHashes([found?.hash ?? ""]);
    assert.equal(await usedAt(), first, "a connection's check writes nothing");
    await it.auth.identifyToken(token);
    assert.equal(await usedAt(), it.clock.now);
  }));

Deno.test("tokens() gives usable ones page by page; 100 are enough", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const made: string[] = [];
    for (let n = 0; n < 100; n++) {
      it.clock.now += 1;
      made.push((await it.auth.createToken(noor.user, { name: `t${n}` })).id);
    }
    await assert.rejects(it.auth.createToken(noor.user, { name: "more" }), refused("conflict"));
    await it.auth.revokeToken(noor.user, made[1] ?? "");
    const first = await it.auth.tokens(noor.user, { limit: 2 });
    assert.deepEqual([first.tokens.map(({ id }) => id), first.more], [[made[0], made[2]], true]);
    const rest = await it.auth.tokens(noor.user, { limit: 97, after: made[2] });
    assert.deepEqual([rest.tokens.map(({ id }) => id), rest.more], [made.slice(3), false]);
    await it.auth.createToken(noor.user, { name: "again" });
  }));
