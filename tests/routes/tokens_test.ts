/** Personal access tokens over HTTP (lib/protocol/README.md §1). */
import assert from "node:assert/strict";
import { type AppCase, PASSWORD, withApp } from "./with_app.ts";

const NOWHERE = { origin: undefined };
const evil = ["null", "http://evil.test", "http://chat.test", "http://chat.test:8000.evil.test"];

async function withToken(
  body: (it: AppCase & { id: string; cookie: string; token: string; tokenId: string }) => Promise<void>,
): Promise<void> {
  await withApp(async (it) => {
    const { id, cookie } = await it.setUp();
    const made = await it.call("tokens.create", { name: "flood alerts" }, { cookie });
    assert.equal(made.status, 200);
    const { token, id: tokenId } = await made.json();
    await body({ ...it, id, cookie, token, tokenId });
  });
}

Deno.test("a token may leave Origin out, not have a wrong one", () =>
  withToken(async ({ id, token, origin, call, ask }) => {
    const authorization = `Bearer ${token}`;
    for (const mine of [undefined, origin]) {
      const response = await call("auth.me", {}, { authorization, origin: mine });
      assert.equal(response.status, 200);
      assert.equal((await response.json()).user.id, id);
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
    const poll = JSON.stringify({ v: 1, streams: { me: "now" }, wait: 0 });
    const headers = { authorization, "content-type": "application/json" };
    assert.equal((await ask("/live/poll", { method: "POST", body: poll, headers })).status, 200);
    for (const origin of evil) {
      assert.equal((await call("auth.me", {}, { authorization, origin })).status, 403, origin);
      const refused = await ask("/live/poll", { method: "POST", body: poll, headers: { ...headers, origin } });
      assert.equal(refused.status, 403, origin);
    }
  }));

Deno.test("a token that is none, expired or revoked is 401 everywhere, even beside a good cookie", () =>
  withToken(async ({ cookie, token, tokenId, call, ask, clock }) => {
    const made = await call("tokens.create", { name: "short", expiresIn: 60_000 }, { cookie });
    const expired: string = (await made.json()).token;
    clock.now += 60_000;
    await call("tokens.revoke", { id: tokenId }, { cookie });
    const [, session = ""] = cookie.split("=");
    for (const bad of ["none", token, expired, session, `${token} ${token}`, ""]) {
      const headers = { cookie, authorization: `Bearer ${bad}` };
      assert.equal((await call("auth.me", {}, { ...headers, ...NOWHERE })).status, 401, bad);
      assert.equal((await call("auth.signIn", { handle: "noor", password: PASSWORD }, headers)).status, 401);
      for (const path of ["/live/ws?v=1", "/live/sse?v=1&streams=feed"]) {
        const upgrade = path.includes("ws") ? { upgrade: "websocket", connection: "Upgrade" } : {};
        assert.equal((await ask(path, { headers: { ...headers, ...upgrade } })).status, 401, path);
      }
      const poll = { ...headers, "content-type": "application/json" };
      assert.equal((await ask("/live/poll", { method: "POST", body: "{}", headers: poll })).status, 401);
    }
    assert.equal((await call("auth.me", {}, { cookie: `rivulet_session_8000=${token}` })).status, 401);
  }));

Deno.test("with a token nobody signs out, changes the password or makes a token: 403, after the shape", () =>
  withToken(async ({ cookie, token, call, ask, origin }) => {
    const headers = { authorization: `Bearer ${token}`, cookie, ...NOWHERE };
    const bodies = {
      "auth.signOut": {},
      "auth.changePassword": { current: PASSWORD, password: "another horse battery" },
      "tokens.create": { name: "child" },
    };
    for (const [name, body] of Object.entries(bodies)) {
      const response = await call(name, body, headers);
      assert.equal(response.status, 403, name);
      assert.equal((await response.json()).code, "forbidden");
      assert.deepEqual(response.headers.getSetCookie(), []);
    }
    assert.equal((await call("tokens.create", { name: "" }, headers)).status, 400);
    const form = { authorization: `Bearer ${token}`, origin, "content-type": "application/x-www-form-urlencoded" };
    const page = await ask("/settings/tokens", { method: "POST", body: "name=child", headers: form });
    assert.equal(page.status, 403);
    assert.equal((await call("auth.signIn", { handle: "noor", password: PASSWORD })).status, 200, "still the password");
    const { tokens } = await (await call("tokens.list", {}, { cookie })).json();
    assert.equal(tokens.length, 1);
  }));

Deno.test("a token follows as its person, not as somebody else", () =>
  withToken(async ({ id, token, ask }) => {
    const headers = { authorization: `Bearer ${token}` };
    assert.equal((await ask("/live/sse?v=1&streams=me&as=u2", { headers })).status, 401);
    const sse = await ask(`/live/sse?v=1&streams=me&as=${id}`, { headers });
    assert.equal(sse.status, 200);
    await sse.body?.cancel();
    for (const foreign of [...evil.map((origin) => ({ origin })), { "sec-fetch-site": "cross-site" }]) {
      assert.equal((await ask("/live/sse?v=1&streams=me", { headers: { ...headers, ...foreign } })).status, 403);
    }
  }));

Deno.test("/openapi.json says where a token will do", () =>
  withApp(async ({ ask }) => {
    const { paths, components } = await (await ask("/openapi.json")).json();
    const ways = (name: string) => paths[`/api/${name}`].post.security.flatMap((way: object) => Object.keys(way));
    assert.deepEqual(ways("messages.send"), ["session", "token"]);
    assert.deepEqual(ways("tokens.create"), ["session"]);
    assert.deepEqual(ways("auth.signIn"), []);
    assert.deepEqual(Object.keys(components.securitySchemes), ["session", "token"]);
  }));
