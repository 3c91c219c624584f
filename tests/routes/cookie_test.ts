import assert from "node:assert/strict";
import { cookieOf, withApp } from "./with_app.ts";

const flagsOf = (response: Response) =>
  response.headers.getSetCookie().map((line) => line.split("; ").slice(1).sort().join("; "));
const HTTPS = { env: { PUBLIC_URL: "https://chat.example" }, origin: "https://chat.example" };
const PERSON = { workspace: "N", name: "Noor", handle: "noor", password: "correct horse battery" };

Deno.test("over http the cookie is rivulet_session with the port, without Secure", () =>
  withApp(async ({ call }) => {
    const response = await call("auth.setUp", { token: "first-run", ...PERSON });
    assert.match(cookieOf(response), /^rivulet_session_8000=[\w-]{43}$/);
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
      (await call("auth.me", {}, { cookie: cookie.replace("rivulet_session_8000", "__Host-session") })).status,
      401,
    );
  }));

Deno.test("behind a proxy that ends https, PUBLIC_URL says that people come by https", () =>
  withApp(async ({ call }) => {
    const body = { token: "first-run", ...PERSON };
    const response = await call("auth.setUp", body, { origin: "https://chat.example" });
    assert.match(cookieOf(response), /^__Host-session=/);
    assert.match(response.headers.get("strict-transport-security") ?? "", /^max-age=\d+$/);
  }, { ...HTTPS, origin: "http://10.0.0.5:8000" }));

for (const [options, name] of [[{}, "rivulet_session_8000"], [HTTPS, "__Host-session"]] as const) {
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

/** The named cookies that a response sets, "" for one that it clears. */
const setBy = (response: Response) =>
  Object.fromEntries(response.headers.getSetCookie().map((line) => line.split(";")[0]?.split("=") ?? []));

for (
  const [origin, name] of [
    ["http://chat.test", "rivulet_session_80"],
    ["http://chat.test:81", "rivulet_session_81"],
    ["http://[::1]:8000", "rivulet_session_8000"],
    ["https://chat.test", "__Host-session"],
    ["https://chat.test:8443", "__Host-session_8443"],
  ] as const
) {
  Deno.test(`at ${origin} the cookie is ${name}: cookies know no ports`, () =>
    withApp(async ({ call }) => {
      const response = await call("auth.setUp", { token: "first-run", ...PERSON });
      assert.deepEqual(Object.keys(setBy(response)), [name]);
    }, { origin, env: { PUBLIC_URL: origin } }));
}

Deno.test("a browser signed in to two servers on one host stays signed in to both, and signs out of one", () =>
  withApp((one) =>
    withApp(async (other) => {
      const jar: Record<string, string> = {};
      const cookie = () => Object.entries(jar).map((pair) => pair.join("=")).join("; ");
      const status = async ({ call }: typeof one) => (await call("auth.me", {}, { cookie: cookie() })).status;
      for (const { call } of [one, other]) {
        Object.assign(jar, setBy(await call("auth.setUp", { token: "first-run", ...PERSON }, { cookie: cookie() })));
      }
      assert.deepEqual([await status(one), await status(other)], [200, 200]);
      Object.assign(jar, setBy(await one.call("auth.signOut", {}, { cookie: cookie() })));
      assert.deepEqual([await status(one), await status(other)], [401, 200]);
    }, { origin: "http://chat.test:8001" })
  ));

for (const options of [{}, HTTPS]) {
  Deno.test(`cookies of our name that are no sessions here are passed over, ${options === HTTPS ? "https" : "http"}`, () =>
    withApp(async ({ call, setUp }) => {
      const { cookie } = await setUp();
      const [name = ""] = cookie.split("=");
      const foreign = (n: number) => `${name}=${String(n).padStart(43, "x")}`;
      const status = async (...cookies: string[]) => (await call("auth.me", {}, { cookie: cookies.join("; ") })).status;
      assert.equal(await status(foreign(1), cookie), 200);
      assert.equal(
        await status(`${name}=`, `${name}=%`, `${name}`, `x=${name}=1`, foreign(1), foreign(2), cookie),
        200,
      );
      assert.equal(await status(...Array.from({ length: 9 }, (_, n) => foreign(n)), cookie), 200);
      assert.equal(await status(foreign(1)), 401);
      const out = await call("auth.signOut", {}, { cookie: `${foreign(1)}; ${cookie}` });
      assert.equal(out.status, 200);
      assert.equal(await status(foreign(1), cookie), 401);
    }, options));
}

Deno.test("a session under the name without a port goes on, under the new name; another server's is left alone", () =>
  withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    const [, token = ""] = cookie.split("=");
    const before = await call("auth.me", {}, { cookie: `rivulet_session=${token}` });
    assert.equal(before.status, 200);
    assert.deepEqual(setBy(before), { rivulet_session: "", rivulet_session_8000: token });
    const theirs = `rivulet_session=${"x".repeat(43)}`;
    const beside = await call("auth.me", {}, { cookie: `${theirs}; ${cookie}` });
    assert.deepEqual([beside.status, setBy(beside)], [200, {}]);
    const out = await call("auth.signOut", {}, { cookie: `${theirs}; ${cookie}` });
    assert.deepEqual(setBy(out), { rivulet_session_8000: "" });
  }));

Deno.test("a server that is reached by two ports takes the cookie of the other; signing out ends both sessions", () =>
  withApp(async ({ call, setUp }) => {
    const { cookie: mine } = await setUp();
    const other = cookieOf(await call("auth.signIn", PERSON)).replace("_8000", "_9000");
    const me = async (cookie: string) => await call("auth.me", {}, { cookie });
    assert.deepEqual([(await me(other)).status, setBy(await me(other))], [200, {}]);
    assert.equal((await me(other.replace("_9000", "_9000x"))).status, 401);
    const { sessions } = await (await call("sessions.list", {}, { cookie: `${other}; ${mine}` })).json();
    const { sessions: own } = await (await call("sessions.list", {}, { cookie: mine })).json();
    assert.deepEqual(sessions, own, "this port's own counts first");
    await call("auth.signOut", {}, { cookie: `${other}; ${mine}` });
    assert.equal((await me(`${other}; ${mine}`)).status, 401);
  }));

Deno.test("coming in ends the cookie's session, also beside a token", () =>
  withApp(async ({ call, setUp }) => {
    const { cookie } = await setUp();
    const { token } = await (await call("tokens.create", { name: "t" }, { cookie })).json();
    const authorization = `Bearer ${token}`;
    const status = async (headers: Record<string, string>) => (await call("auth.me", {}, headers)).status;
    const wrong = await call("auth.signIn", { ...PERSON, password: "wrong horse battery" }, { cookie, authorization });
    assert.deepEqual([wrong.status, await status({ cookie })], [401, 200]);
    const second = cookieOf(await call("auth.signIn", PERSON, { cookie, authorization }));
    assert.deepEqual([await status({ cookie }), await status({ cookie: second })], [401, 200]);
    assert.equal(await status({ authorization }), 200, "the token stays");
    const { invite } = await (await call("invites.create", {}, { cookie: second })).json();
    const mia = { ...PERSON, invite, name: "Mia", handle: "mia" };
    const third = cookieOf(await call("auth.signUp", mia, { cookie: second, authorization }));
    assert.notEqual(third, "");
    assert.deepEqual([await status({ cookie: second }), await status({ cookie: third })], [401, 200]);
  }));
