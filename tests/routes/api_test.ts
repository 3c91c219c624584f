import assert from "node:assert/strict";
import { StorageFull, StorageUnavailable } from "../../lib/server/kv/database.ts";
import { problem } from "../../lib/protocol/errors.ts";
import { comparable, PASSWORD, withApp, withTimers } from "./with_app.ts";

const LIMITED = { env: { LIMITS: "" } } as const;

/** Checks a response's form as a problem, and gives it. */
async function problemOf(response: Response) {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.match(response.headers.get("x-request-id") ?? "", /^[\w-]{16,}$/);
  const refusal = problem.parse(await response.json());
  assert.equal(refusal.status, response.status);
  assert.equal(refusal.type, "about:blank");
  return refusal;
}

Deno.test("a command's answer is 200 with its result, not to be kept", () =>
  withApp(async ({ setUp, call }) => {
    const { id, cookie } = await setUp();
    const response = await call("auth.me", {}, { cookie });
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/json");
    assert.equal(response.headers.get("cache-control"), "private, no-store");
    assert.equal(response.headers.get("x-content-type-options"), "nosniff");
    assert.match(response.headers.get("x-request-id") ?? "", /^[\w-]{16,}$/);
    const user = { id, handle: "noor", name: "Noor", role: "owner" };
    assert.deepEqual(await response.json(), { user, workspace: { name: "Northfell" } });
  }));

Deno.test("the checks run in the contract's order", () =>
  withApp(async ({ setUp, call, ask }) => {
    const { cookie } = await setUp();
    const large = `{"x":"${"x".repeat(65_536)}"}`;
    const text = { "content-type": "text/plain" };
    const evil = { origin: "http://evil.test" };
    const status = async (response: Promise<Response>) => (await response).status;
    assert.equal(await status(call("no.such", large, { ...text, ...evil })), 403);
    assert.equal(await status(call("no.such", large, text)), 404);
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      assert.equal(await status(ask("/api/auth.me", { method, headers: { cookie } })), 404);
    }
    assert.equal(await status(call("auth.me", large, text)), 401);
    assert.equal(await status(call("auth.me", large, { ...text, cookie, "x-rivulet-as": "u2" })), 401);
    assert.equal(await status(call("users.setRole", large, { ...text, cookie })), 413);
    assert.equal(await status(call("users.setRole", {}, { ...text, cookie })), 400);
    assert.equal(await status(call("users.setRole", {}, { cookie })), 400);
    assert.equal(await status(call("users.setRole", { user: "u2", role: "member" }, { cookie })), 404);
    assert.equal(await status(call("auth.changePassword", { current: "x", password: PASSWORD }, { cookie })), 403);
  }));

Deno.test("a name that is no command is answered alike, whatever it is and whoever asks", () =>
  withApp(async ({ setUp, call, ask }) => {
    const { cookie } = await setUp();
    const [first, ...others] = await Promise.all([
      call("no.such", {}, { cookie }),
      call("no.such", {}),
      call("constructor", {}, { cookie }),
      call("__proto__", {}, { cookie }),
      call("auth.me/x", {}, { cookie }),
      call("", {}, { cookie }),
      ask("/api/auth.me", { headers: { cookie, accept: "text/html" } }),
    ].map(async (response) => await comparable(await response)));
    assert.equal(first?.status, 404);
    for (const other of others) assert.deepEqual(other, first);
  }));

Deno.test("a body that doesn't fit is refused field by field", () =>
  withApp(async ({ setUp, call }) => {
    const { cookie } = await setUp();
    const refusal = await problemOf(await call("users.setRole", { user: 1, role: "king" }, { cookie }));
    assert.deepEqual(refusal, {
      type: "about:blank",
      title: "Not valid",
      status: 400,
      code: "invalid",
      detail: "Cannot set role: user must be a string",
      issues: [
        { path: "user", message: "must be a string" },
        { path: "role", message: "must be owner, admin or member" },
      ],
    });
  }));

Deno.test("bodies that are no JSON objects are 400", () =>
  withApp(async ({ setUp, call }) => {
    const { cookie } = await setUp();
    for (const body of ["", "{", "[]", "null", `"x"`, "1", "[".repeat(10_000)]) {
      const refusal = await problemOf(await call("auth.me", body, { cookie }));
      assert.equal(refusal.code, "invalid", body.slice(0, 20));
    }
  }));

Deno.test("an unknown field is ignored, a lone surrogate in a text is not", () =>
  withApp(async ({ setUp, call }) => {
    const { cookie } = await setUp();
    const fine = await call("users.update", { name: "N", more: { deep: ["\ud800"] }, role: "member" }, { cookie });
    assert.equal((await fine.json()).user.role, "owner");
    for (
      const [name, body] of [
        ["users.update", `{"name":"a\\ud800"}`],
        ["auth.signIn", `{"handle":"a\\udc00","password":"x"}`],
        ["auth.signIn", `{"handle":"a","password":"\\ud800"}`],
        ["users.get", `{"ids":["\\ud800"]}`],
      ]
    ) {
      assert.equal((await problemOf(await call(name ?? "", body, { cookie }))).code, "invalid", body);
    }
  }));

Deno.test("X-Rivulet-As: me is fine, somebody else does nothing", () =>
  withApp(async ({ setUp, call }) => {
    const { id, cookie } = await setUp();
    assert.equal((await call("users.update", { name: "A" }, { cookie, "x-rivulet-as": id })).status, 200);
    const refusal = await problemOf(await call("users.update", { name: "B" }, { cookie, "x-rivulet-as": "u2" }));
    assert.equal(refusal.code, "unauthenticated");
    assert.equal((await (await call("auth.me", {}, { cookie })).json()).user.name, "A");
    // Who is signed out may sign in from a tab that was somebody's.
    const signIn = { handle: "noor", password: PASSWORD };
    assert.equal((await call("auth.signIn", signIn, { "x-rivulet-as": "u2" })).status, 200);
    assert.equal((await call("auth.signIn", signIn, { cookie, "x-rivulet-as": "u2" })).status, 401);
  }));

Deno.test("a Bearer token wins over a cookie, and a cookie's value is none", () =>
  withApp(async ({ setUp, call }) => {
    const { cookie } = await setUp();
    const [, token = ""] = cookie.split("=");
    for (const authorization of ["Bearer x", "bearer", `Bearer ${token}`]) {
      for (const origin of ["http://chat.test:8000", ""]) {
        const headers = { cookie, authorization, origin: origin || undefined };
        assert.equal((await call("auth.me", {}, headers)).status, 401, authorization);
      }
    }
    assert.equal((await call("auth.me", {}, { authorization: "Bearer x", origin: "http://evil.test" })).status, 403);
    assert.equal((await call("auth.me", {}, { cookie, authorization: "Basic eDp4" })).status, 200);
  }));

Deno.test(
  "300 calls in 10 s are never refused, and endless ones are, with Retry-After",
  withTimers,
  () =>
    withApp(async ({ setUp, call }) => {
      const { cookie } = await setUp();
      const many = async (count: number) => {
        const responses = await Promise.all(Array.from({ length: count }, () => call("auth.me", {}, { cookie })));
        return responses.filter((response) => response.status !== 200);
      };
      assert.deepEqual(await many(300), []);
      const [refused] = await many(1_000);
      assert(refused);
      const { code, retryAfter = 0 } = await problemOf(refused);
      assert.equal(code, "rate_limited");
      assert.equal(Number(refused.headers.get("retry-after")), Math.ceil(retryAfter / 1_000));
      // The rate comes before the body is looked at.
      assert.equal((await call("auth.me", "nope", { cookie })).status, 429);
    }, LIMITED),
);

Deno.test("LIMITS=off: as many calls as there are", () =>
  withApp(async ({ setUp, call }) => {
    const { cookie } = await setUp();
    const responses = await Promise.all(Array.from({ length: 1_300 }, () => call("auth.me", {}, { cookie })));
    assert(responses.every((response) => response.status === 200));
  }));

Deno.test(
  "after 10 wrong passwords, by form or JSON, the right one is 429 too",
  withTimers,
  () =>
    withApp(async ({ setUp, call, ask, origin }) => {
      await setUp();
      const form = { origin, "content-type": "application/x-www-form-urlencoded", accept: "text/html" };
      for (let n = 0; n < 5; n++) {
        assert.equal((await call("auth.signIn", { handle: "noor", password: "wrong" })).status, 401);
        const page = await ask("/sign-in", { method: "POST", body: "handle=noor&password=wrong", headers: form });
        assert.equal(page.status, 401);
      }
      const right = new URLSearchParams({ handle: "noor", password: PASSWORD });
      const page = await ask("/sign-in", { method: "POST", body: right.toString(), headers: form });
      assert.equal(page.status, 429);
      assert(Number(page.headers.get("retry-after")) > 0);
      const refused = await call("auth.signIn", { handle: "noor", password: PASSWORD });
      assert.equal((await problemOf(refused)).code, "rate_limited");
      assert(Number(refused.headers.get("retry-after")) > 0);
      // A forwarded address is not believed from a peer that is no proxy.
      const body = JSON.stringify({ handle: "noor", password: PASSWORD });
      const headers = { origin, "content-type": "application/json" };
      const forged = { ...headers, "x-forwarded-for": "198.51.100.1" };
      assert.equal((await ask("/api/auth.signIn", { method: "POST", body, headers: forged })).status, 429);
      assert.equal(
        (await ask("/api/auth.signIn", { method: "POST", body, headers, peer: "198.51.100.1" })).status,
        200,
      );
    }, LIMITED),
);

const broken: [error: Error, status: number, code: string][] = [
  [new StorageUnavailable("the file is locked"), 503, "unavailable"],
  [new StorageFull("disk is full"), 507, "storage_full"],
  [new TypeError("secret inner text"), 500, "internal"],
];
for (const [error, status, code] of broken) {
  Deno.test(`${error.name} is answered as ${status} without its text`, () =>
    withApp(async ({ setUp, call }) => {
      const { cookie } = await setUp();
      const response = await call("users.list", {}, { cookie });
      assert.equal(response.status, status);
      assert.equal(response.headers.has("retry-after"), status === 503);
      const requestId = response.headers.get("x-request-id");
      const refusal = await problemOf(response);
      assert.equal(refusal.code, code);
      assert.equal(refusal.requestId, code === "internal" ? requestId : undefined);
      assert.equal(refusal.detail === undefined, code === "internal");
      assert(!JSON.stringify(refusal).includes(error.message));
    }, {
      change: (services) => ({
        ...services,
        run: (name, body, call) => {
          if (name === "users.list") throw error;
          return services.run(name, body, call);
        },
      }),
    }));
}

Deno.test("while draining new work is 503, and so is /healthz", () => {
  const draining = new AbortController();
  return withApp(async ({ setUp, call, ask }) => {
    const { cookie } = await setUp();
    draining.abort();
    const response = await call("auth.me", {}, { cookie });
    assert.equal((await problemOf(response)).code, "unavailable");
    assert(Number(response.headers.get("retry-after")) > 0);
    assert.equal((await ask("/healthz")).status, 503);
  }, { change: (services) => ({ ...services, draining: draining.signal }) });
});
