/** Where requests may come from, asked of the real server (lib/protocol/README.md §1). */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { connectRaw, NotUpgraded } from "../support/raw_ws.ts";
import { startServer } from "../support/server.ts";
import { PASSWORD, shareServer } from "./with_server.ts";

const withShared = shareServer();
const FORMS = ["/sign-in", "/sign-out", "/welcome", "/join/x", "/rooms/r1", "/rooms/r1/join", "/live/poll", "/nowhere"];
const POSTS = [...Object.keys(commands).map((name) => `/api/${name}`), ...FORMS];

/** Origins that aren't ours; undefined is a request without one. */
const foreign = (port: number): (string | undefined)[] => [
  undefined,
  "null",
  "http://evil.test",
  `http://evil.test:${port}`,
  `http://127.0.0.1.evil.test:${port}`,
  `http://evil127.0.0.1:${port}`,
  `http://127.0.0.1:${port}0`,
  `http://127.0.0.1:${port - 1}`,
  "http://127.0.0.1",
  `http://localhost:${port}`,
  `http://127.0.0.1:${port}@evil.test`,
  `http://127.0.0.1:${port}/`,
  `http://127.0.0.1:${port}, http://evil.test`,
  `file://127.0.0.1:${port}`,
];

async function upgradeStatus(port: number, headers: Record<string, string>, path = "/live/ws?v=1"): Promise<number> {
  try {
    const line = await connectRaw({ port, path, headers });
    line.drop();
    await line.closed;
    return 101;
  } catch (error) {
    if (error instanceof NotUpgraded) return error.status;
    throw error;
  }
}

Deno.test("every POST and the upgrade are refused by 403 from any other origin, before anything else", () =>
  withShared(async ({ server: { port }, url, owner: { api }, call }) => {
    const { cookie = "" } = api.headers();
    for (const origin of foreign(port)) {
      await Promise.all(POSTS.map(async (path) => {
        const headers = { cookie, "content-type": "application/json", ...(origin !== undefined && { origin }) };
        const response = await fetch(url + path, { method: "POST", body: "{}", headers, redirect: "manual" });
        await response.body?.cancel();
        assert.equal(response.status, 403, `${path} from ${origin}`);
        assert.deepEqual(response.headers.getSetCookie(), []);
      }));
      assert.equal(await upgradeStatus(port, { cookie, origin: origin ?? "" }), 403, `upgrade from ${origin}`);
    }
    assert.equal((await call(api, "auth.me", {})).status, 200, "the owner is signed in still");
  }));

Deno.test("an upgrade is refused before the 101: not signed in 401, another `as` 401, unknown `v` 400", () =>
  withShared(async ({ server: { port }, owner, member }) => {
    const headers = owner.api.headers();
    assert.equal(await upgradeStatus(port, {}), 401);
    assert.equal(await upgradeStatus(port, { cookie: `rivulet_session_${port}=none` }), 401);
    assert.equal(await upgradeStatus(port, headers, `/live/ws?v=1&as=${member.id}`), 401);
    assert.equal(await upgradeStatus(port, headers, `/live/ws?v=1&as=${owner.id}`), 101);
    for (const v of ["", "?v=0", "?v=2", "?v=1.0", "?v="]) {
      assert.equal(await upgradeStatus(port, headers, `/live/ws${v}`), 400, v);
    }
    assert.equal(await upgradeStatus(port, { ...headers, authorization: "Bearer none" }), 401, "a token wins");
  }));

Deno.test("without PUBLIC_URL the scheme may differ, as behind a proxy that ends https", () =>
  withShared(async ({ url, server: { port } }) => {
    for (const origin of [`http://127.0.0.1:${port}`, `https://127.0.0.1:${port}`]) {
      assert.equal(await post(`${url}/api/auth.me`, origin, {}), 401); // past the origin, not signed in
    }
  }));

Deno.test("with PUBLIC_URL only its origin is ours, and over https the cookie is __Host-, Secure and the only one read", async () => {
  const server = await startServer({ env: { LOG_LEVEL: "error", PUBLIC_URL: "https://chat.example" } });
  try {
    const fields = { token: server.token, workspace: "N", name: "Noor", handle: "noor", password: PASSWORD };
    for (
      const origin of [server.url, "http://chat.example", "https://chat.example:8443", "https://chat.example.test"]
    ) {
      assert.equal(await post(`${server.url}/api/auth.setUp`, origin, fields), 403, origin);
    }
    const headers = { origin: "https://chat.example", "content-type": "application/json" };
    const ask = (name: string, body: unknown, cookie = "") =>
      fetch(`${server.url}/api/${name}`, {
        method: "POST",
        body: JSON.stringify(body),
        headers: { ...headers, ...(cookie && { cookie }) },
      });
    const made = await ask("auth.setUp", fields);
    assert.equal(made.status, 200, await made.text());
    const [line = ""] = made.headers.getSetCookie();
    assert.match(line, /^__Host-session=[\w-]{22,};/);
    for (const part of [/; Secure/i, /; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i]) assert.match(line, part);
    assert.doesNotMatch(line, /domain/i);
    const [cookie = ""] = line.split(";");
    const good = await ask("auth.me", {}, cookie);
    assert.equal(good.status, 200, await good.text());
    const plain = await ask("auth.me", {}, cookie.replace("__Host-session", "rivulet_session_443"));
    assert.equal(plain.status, 401, await plain.text());
  } finally {
    await server.stop();
  }
});

async function post(url: string, origin: string, body: unknown): Promise<number> {
  const headers = { origin, "content-type": "application/json" };
  const response = await fetch(url, { method: "POST", body: JSON.stringify(body), headers });
  await response.body?.cancel();
  return response.status;
}
