import assert from "node:assert/strict";
import { cookieOf, withApp } from "./with_app.ts";

const flagsOf = (response: Response) =>
  response.headers.getSetCookie().map((line) => line.split("; ").slice(1).sort().join("; "));
const HTTPS = { env: { PUBLIC_URL: "https://chat.example" }, origin: "https://chat.example" };
const PERSON = { workspace: "N", name: "Noor", handle: "noor", password: "correct horse battery" };

Deno.test("over http the cookie is rivulet_session, without Secure", () =>
  withApp(async ({ call }) => {
    const response = await call("auth.setUp", { token: "first-run", ...PERSON });
    assert.match(cookieOf(response), /^rivulet_session=[\w-]{43}$/);
    assert.deepEqual(flagsOf(response), ["HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax"]);
  }));

Deno.test("over https it is __Host-session, and only that one is read", () =>
  withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    const [name = "", token = ""] = cookie.split("=");
    assert.equal(name, "__Host-session");
    const response = await call("auth.signIn", PERSON);
    assert.deepEqual(flagsOf(response), ["HttpOnly; Max-Age=2592000; Path=/; SameSite=Lax; Secure"]);
    assert.equal((await call("auth.me", {}, { cookie })).status, 200);
    assert.equal((await call("auth.me", {}, { cookie: `rivulet_session=${token}` })).status, 401);
  }, HTTPS));

Deno.test("over http __Host-session is not read", () =>
  withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    assert.equal((await call("auth.me", {}, { cookie })).status, 200);
    assert.equal(
      (await call("auth.me", {}, { cookie: cookie.replace("rivulet_session", "__Host-session") })).status,
      401,
    );
  }));

Deno.test("behind a proxy that ends https, PUBLIC_URL tells that people come by https", () =>
  withApp(async ({ call }) => {
    const body = { token: "first-run", ...PERSON };
    const response = await call("auth.setUp", body, { origin: "https://chat.example" });
    assert.match(cookieOf(response), /^__Host-session=/);
    assert.match(response.headers.get("strict-transport-security") ?? "", /^max-age=\d+$/);
  }, { ...HTTPS, origin: "http://10.0.0.5:8000" }));

for (const [options, name] of [[{}, "rivulet_session"], [HTTPS, "__Host-session"]] as const) {
  Deno.test(`signing out clears ${name} and ends the session`, () =>
    withApp(async ({ call, setUp }) => {
      const { cookie } = await setUp();
      const response = await call("auth.signOut", {}, { cookie });
      assert.deepEqual(await response.json(), {});
      const [line = ""] = response.headers.getSetCookie();
      assert.match(line, new RegExp(`^${name}=;.*Max-Age=0`));
      assert.match(line, /Path=\//);
      assert.equal((await call("auth.me", {}, { cookie })).status, 401);
      assert.equal((await call("auth.signOut", {}, { cookie })).status, 401);
    }, options));
}

Deno.test("a session in use gets its cookie anew", () =>
  withApp(async ({ call, setUp, clock }) => {
    const { cookie } = await setUp();
    assert.equal(cookieOf(await call("auth.me", {}, { cookie })), "");
    clock.now += 2 * 86_400_000;
    assert.equal(cookieOf(await call("auth.me", {}, { cookie })), cookie);
    assert.equal(cookieOf(await call("auth.me", {}, { cookie })), "");
  }));

Deno.test("cookies that are no session are nobody", () =>
  withApp(async ({ call, setUp }) => {
    await setUp();
    for (const value of ["", "x", "%", "%ff", "a".repeat(8_000), "..%2f"]) {
      assert.equal((await call("auth.me", {}, { cookie: `rivulet_session=${value}` })).status, 401, value.slice(0, 9));
    }
  }));
