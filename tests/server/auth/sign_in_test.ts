import assert from "node:assert/strict";
import { hashToken } from "../../../lib/server/auth/service.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { userStream } from "../../../lib/protocol/streams.ts";
import { createClient, withHub } from "../../support/hub.ts";
import { outcomes, refused } from "./refused.ts";
import { cheapHash, newCall, PASSWORD, withAuth, withTimers } from "./with_auth.ts";

const LIMITED = { limits: true } as const;
const WRONG = "wrong horse battery";

Deno.test("signIn() finds a handle whatever its case and begins a session", () =>
  withAuth(async (it) => {
    const { user } = await it.setUp();
    const call = await it.signIn("NOOR");
    assert.deepEqual((await it.auth.identify(call.token))?.user, user);
  }));

Deno.test("an unknown handle, a wrong password and a deactivated person get one answer, after the same work", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const mia = await it.join(noor, "mia");
    await it.users.deactivate(noor.user, mia.user.id);
    const reads = { count: 0 };
    const get = it.db.get;
    it.db.get = (key) => {
      reads.count++;
      return get(key);
    };
    const tries = [["nobody", PASSWORD], ["noor", WRONG], ["mia", PASSWORD], ["mia", WRONG], ["\u0000 odd", WRONG]];
    const seen = [];
    for (const [handle = "", password = ""] of tries) {
      const before = { hashes: it.hashes.count, reads: reads.count };
      const call = newCall();
      const error = await it.auth.signIn({ handle, password }, call).catch((error) => error);
      assert(error instanceof Refusal);
      const { code, detail, extra } = error;
      const cost = { hashes: it.hashes.count - before.hashes, reads: reads.count - before.reads };
      seen.push({ code, detail, extra, cost, cookie: call.token() });
    }
    assert.equal(seen[0]?.code, "unauthenticated");
    assert.equal(seen[0]?.cost.hashes, 1);
    for (const one of seen) assert.deepEqual(one, seen[0]);
  }));

Deno.test(
  "after 10 wrong passwords for a handle from an address the right one is refused there, and only there",
  withTimers,
  () =>
    withAuth(async (it) => {
      const noor = await it.setUp();
      await it.join(noor, "mia");
      for (let n = 0; n < 10; n++) await assert.rejects(it.signIn("noor", WRONG), refused("unauthenticated"));
      const error = await it.signIn("NOOR").catch((error) => error);
      assert(error instanceof Refusal && error.code === "rate_limited");
      const { retryAfter = 0 } = error.extra;
      assert(retryAfter > 0 && retryAfter <= 180_000, `retryAfter ${retryAfter}`);
      await it.signIn("noor", PASSWORD, "203.0.113.10");
      await it.signIn("mia");
    }, LIMITED),
);

Deno.test(
  "a burst of wrong passwords gets no more tries than a row, and right ones are not counted",
  withTimers,
  () =>
    withAuth(async (it) => {
      await it.setUp();
      await Promise.all(Array.from({ length: 30 }, () => it.signIn("noor")));
      const settled = await Promise.allSettled(Array.from({ length: 40 }, () => it.signIn("noor", WRONG)));
      const { codes } = outcomes(settled);
      assert.equal(codes.filter((code) => code === "unauthenticated").length, 10);
      assert.equal(codes.filter((code) => code === "rate_limited").length, 30);
    }, LIMITED),
);

Deno.test(
  "after 100 wrong passwords from an address, for whatever handles, each further try is refused",
  withTimers,
  () =>
    withAuth(async (it) => {
      await it.setUp();
      // One customer's IPv6 network counts as one address.
      const address = (n: number) => n % 2 ? "2001:db8:1:2::1" : "2001:db8:1:2:3:4:5:6";
      for (let n = 0; n < 100; n++) {
        await assert.rejects(it.signIn(`h${n}`, WRONG, address(n)), refused("unauthenticated"));
      }
      await assert.rejects(it.signIn("noor", PASSWORD, address(0)), refused("rate_limited"));
      await it.signIn("noor", PASSWORD, "2001:db8:1:3::1");
    }, LIMITED),
);

Deno.test(
  "tries count when they begin: of 590 at once from an address 100 are looked at",
  withTimers,
  () =>
    withAuth(async (it) => {
      await it.setUp();
      const { count } = it.hashes;
      const flood = Array.from({ length: 590 }, (_, n) => it.signIn(`h${n}`, WRONG));
      const settled = Promise.allSettled(flood);
      await it.signIn("noor", PASSWORD, "203.0.113.10");
      const { codes } = outcomes(await settled);
      assert.equal(codes.filter((code) => code === "unauthenticated").length, 100);
      assert.equal(codes.filter((code) => code === "rate_limited").length, 490);
      assert.equal(it.hashes.count - count, 101);
    }, LIMITED),
);

Deno.test(
  "a right password among wrong ones under way is not counted, however it is raced",
  withTimers,
  () =>
    withAuth(async (it) => {
      await it.setUp();
      const settled = await Promise.allSettled(
        Array.from({ length: 60 }, (_, n) => it.signIn("noor", n % 10 === 9 ? WRONG : PASSWORD)),
      );
      assert.deepEqual(outcomes(settled), { done: 54, codes: Array(6).fill("unauthenticated") });
      for (let n = 0; n < 4; n++) await assert.rejects(it.signIn("noor", WRONG), refused("unauthenticated"));
      await assert.rejects(it.signIn("noor"), refused("rate_limited"));
    }, LIMITED),
);

Deno.test("a wrong current password counts as a try", withTimers, () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const change = (current: string) => it.auth.changePassword({ current, password: "a better horse" }, noor);
    for (let n = 0; n < 10; n++) await assert.rejects(change(WRONG), refused("forbidden"));
    await assert.rejects(change(PASSWORD), refused("rate_limited"));
    await assert.rejects(it.signIn("noor"), refused("rate_limited"));
  }, LIMITED));

Deno.test("without limits nothing is counted", () =>
  withAuth(async (it) => {
    await it.setUp();
    for (let n = 0; n < 12; n++) await assert.rejects(it.signIn("noor", WRONG), refused("unauthenticated"));
    await it.signIn("noor");
  }));

Deno.test("changePassword() ends the other sessions, keeps its own and publishes the others' ends", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const other = await it.signIn("noor");
    const { seq } = await it.log.head(userStream(noor.user.id));
    await it.auth.changePassword({ current: PASSWORD, password: "a better horse" }, noor);
    assert.equal((await it.auth.identify(noor.token))?.session, noor.session);
    assert.equal(await it.auth.identify(other.token), undefined);
    const events = await it.log.read(userStream(noor.user.id), seq, 10);
    assert.deepEqual(events.map(({ type, data }) => ({ type, data })), [
      { type: "sessions.revoked", data: { session: other.session } },
    ]);
    await assert.rejects(it.signIn("noor"), refused("unauthenticated"));
    await it.signIn("noor", "a better horse");
  }));

Deno.test("changePassword() ends 320 other sessions, and closes the connections of each within 5 s", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const others: string[] = [];
    for (let n = 0; n < 320; n++) others.push((await it.signIn("noor")).token);
    const signedIn = async (hashes: string[]) => (await it.auth.identifyHashes(hashes)).map((found) => found?.user);
    await withHub(it.log, async ({ hub }) => {
      const connect = (token: string) => {
        const client = createClient(hub, noor.user, hashToken(token));
        hub.arrive(client.session);
        return client;
      };
      const [mine, ...theirs] = [noor.token, ...[0, 1, 160, 318, 319].map((at) => others[at] ?? "")].map(connect);
      const began = performance.now();
      await it.auth.changePassword({ current: PASSWORD, password: "a better horse" }, noor);
      for (const client of theirs) await client.until(() => client.ended.length > 0);
      assert.ok(performance.now() - began < 5_000);
      assert.deepEqual(theirs.map(({ ended }) => ended), theirs.map(() => ["signed_out"]));
      assert.deepEqual(mine?.ended, []);
      mine?.session.close();
    }, { signedIn });
    for (const token of others) assert.equal(await it.auth.identify(token), undefined);
    assert.deepEqual((await it.auth.sessions(noor)).sessions.map(({ id }) => id), [noor.session]);
  }));

Deno.test("a session begun with the old password while it is changed ends too", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { commit } = it.db;
    const [checked, changed] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    it.db.commit = async (write) => {
      if (write.checks) return await commit(write);
      checked.resolve(); // the sign-in is about to store its session
      await changed.promise;
      return await commit(write);
    };
    const call = newCall();
    const signingIn = it.auth.signIn({ handle: "noor", password: PASSWORD }, call);
    await checked.promise;
    await it.auth.changePassword({ current: PASSWORD, password: "a better horse" }, noor);
    changed.resolve();
    await signingIn;
    assert.notEqual(call.token(), "");
    assert.equal(await it.auth.identify(call.token()), undefined);
  }));

Deno.test("signIn() hashes anew what was hashed with other costs", () =>
  withAuth(async (it) => {
    const { user } = await it.setUp();
    const stored = async () => (await it.db.get(keys.password(user.id))).value?.phc ?? "";
    const phc = cheapHash(PASSWORD, "m=9216,t=4,p=1", "salt");
    await it.db.commit({ sets: [setAt(keys.password(user.id), { phc })] });
    await it.signIn("noor");
    assert.match(await stored(), /m=19456,t=2,p=1/);
    await it.signIn("noor");
  }));
