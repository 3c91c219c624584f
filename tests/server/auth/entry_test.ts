import assert from "node:assert/strict";
import { FEED } from "../../../lib/protocol/streams.ts";
import { outcomes, refused } from "./refused.ts";
import { newCall, PASSWORD, withAuth } from "./with_auth.ts";

const first = { workspace: "Northfell", name: "Noor", handle: "noor", password: PASSWORD };
const person = (handle: string) => ({ name: handle, handle, password: PASSWORD });

Deno.test("the first-run token is one until the workspace is set up, then none", () =>
  withAuth(async (it) => {
    const [token, ...same] = await Promise.all(Array.from({ length: 5 }, () => it.auth.setupToken()));
    assert(token !== undefined && token.length >= 22);
    for (const one of same) assert.equal(one, token);
    assert.equal(await it.auth.workspace(), undefined);
    await it.setUp();
    assert.equal(await it.auth.setupToken(), undefined);
    const workspace = await it.auth.workspace();
    assert.equal(workspace?.name, "Northfell");
    assert.match(workspace?.lobby ?? "", /^[A-Za-z0-9]{16,}$/);
  }));

Deno.test("setUp() makes the owner, signs in, welcomes and posts to the feed", () =>
  withAuth(async (it) => {
    const { user } = await it.setUp();
    assert.deepEqual(user, { id: user.id, handle: "noor", name: "Noor", role: "owner" });
    assert.deepEqual(it.welcomed, [user]);
    const events = await it.log.read(FEED, 0, 10);
    const entry = { kind: "joined", by: user.id, at: it.clock.now, title: "Noor joined the workspace" };
    assert.deepEqual(events.map(({ type, by, data }) => ({ type, by, data })), [
      { type: "feed.posted", by: user.id, data: { entry } },
      { type: "users.updated", by: user.id, data: { user } },
    ]);
  }));

Deno.test("setUp(): a wrong token is forbidden before, everything conflicts after", () =>
  withAuth(async (it) => {
    const token = await it.auth.setupToken() ?? "";
    const { count } = it.hashes;
    for (const wrong of ["x", token.slice(1), `${token}x`]) {
      await assert.rejects(it.auth.setUp({ ...first, token: wrong }, newCall()), refused("forbidden"));
    }
    assert.equal(it.hashes.count, count);
    await it.auth.setUp({ ...first, token }, newCall());
    for (const tried of [token, "x"]) {
      await assert.rejects(it.auth.setUp({ ...first, token: tried }, newCall()), refused("conflict"));
    }
  }));

Deno.test("SETUP_TOKEN wins over a token that was made", () =>
  withAuth(async (it) => {
    assert.equal(await it.auth.setupToken(), "chosen");
    await assert.rejects(it.auth.setUp({ ...first, token: "other" }, newCall()), refused("forbidden"));
    await it.auth.setUp({ ...first, token: "chosen" }, newCall());
  }, { setupToken: "chosen" }));

Deno.test("setUp() raced 50 times makes one owner", () =>
  withAuth(async (it) => {
    const token = await it.auth.setupToken() ?? "";
    const settled = await Promise.allSettled(
      Array.from({ length: 50 }, (_, n) => it.auth.setUp({ ...first, handle: `noor${n}`, token }, newCall())),
    );
    assert.deepEqual(outcomes(settled), { done: 1, codes: Array(49).fill("conflict") });
    assert.equal((await it.users.list({ limit: 100 })).users.length, 1);
  }));

Deno.test("what goes wrong when somebody is shown in doesn't undo that they are in", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    it.welcomed.push = () => {
      throw new Error("no lobby");
    };
    const mia = await it.join(noor, "mia");
    assert.deepEqual((await it.auth.identify(mia.token))?.user.handle, "mia");
  }));

Deno.test("signUp() makes a member; a taken handle conflicts and loses no use", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { invite } = await it.auth.createInvite(noor, { uses: 1 });
    await assert.rejects(it.auth.signUp({ ...person("noor"), invite }, newCall()), refused("conflict"));
    const user = await it.auth.signUp({ ...person("mia"), invite }, newCall());
    assert.equal(user.role, "member");
    assert.deepEqual(it.welcomed.map(({ handle }) => handle), ["noor", "mia"]);
    // Used up comes before taken: nobody learns handles by a dead invite.
    await assert.rejects(it.auth.signUp({ ...person("noor"), invite }, newCall()), refused("gone"));
  }));

Deno.test("an invite's last use raced by many lets one in", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { invite } = await it.auth.createInvite(noor, { uses: 2 });
    const settled = await Promise.allSettled(
      Array.from({ length: 12 }, (_, n) => it.auth.signUp({ ...person(`p${n}`), invite }, newCall())),
    );
    assert.deepEqual(outcomes(settled), { done: 2, codes: Array(10).fill("gone") });
    assert.equal((await it.users.list({ limit: 100 })).users.length, 3);
  }));

Deno.test("a handle raced by two with one invite goes to one, and the other's use is not lost", () =>
  withAuth(async (it) => {
    const noor = await it.setUp();
    const { invite } = await it.auth.createInvite(noor, { uses: 2 });
    const settled = await Promise.allSettled(
      Array.from({ length: 4 }, () => it.auth.signUp({ ...person("mia"), invite }, newCall())),
    );
    assert.deepEqual(outcomes(settled), { done: 1, codes: ["conflict", "conflict", "conflict"] });
    await it.auth.signUp({ ...person("abe"), invite }, newCall());
  }));
