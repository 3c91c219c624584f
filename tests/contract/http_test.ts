/**
 * Cookies, redirects, headers and the order of checks, asked of the real server (lib/protocol/README.md §1, §2, §3,
 * §6).
 */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import { type Contact, PASSWORD, textIn, withServer } from "./with_server.ts";

const HTML = { accept: "text/html" };

async function look(url: string, headers: Record<string, string> = {}) {
  const response = await fetch(url, { headers, redirect: "manual" });
  return { status: response.status, headers: response.headers, text: await response.text() };
}

Deno.test("pages, resources and cookies over http", async (t) => {
  await withServer(async (contact) => {
    const { url, owner, done } = contact;
    const cookie = owner.api.cookie();
    const room = textIn(await done(owner.api, "rooms.list", {}), "rooms", 0, "room", "id");

    await t.step(
      "the session's cookie is HttpOnly and Lax, without Secure over http, and ends on sign-out",
      async () => {
        const api = createApi(url);
        const signIn = await api.post("auth.signIn", { handle: "noor", password: PASSWORD });
        await signIn.body?.cancel();
        const [line = "", ...others] = signIn.headers.getSetCookie();
        assert.deepEqual(others, []);
        assert.match(line, new RegExp(`^rivulet_session_${contact.server.port}=[\\w-]{22,};`));
        for (const part of [/; HttpOnly/i, /; SameSite=Lax/i, /; Path=\/(;|$)/i]) assert.match(line, part);
        assert.doesNotMatch(line, /secure|domain/i);
        const stale = api.headers();
        await (await api.post("auth.signOut", {})).body?.cancel();
        const after = await fetch(`${url}/api/auth.me`, {
          method: "POST",
          body: "{}",
          headers: { ...stale, "content-type": "application/json" },
        });
        await after.body?.cancel();
        assert.equal(after.status, 401, "the old cookie opens nothing");
      },
    );

    await t.step("signed out: 401 on /api and /live, a redirect with `next` on pages", async () => {
      assert.equal((await contact.call(createApi(url), "rooms.list", {})).status, 401);
      assert.equal((await look(`${url}/live/sse?v=1&streams=feed`)).status, 401);
      for (const path of ["/", `/rooms/${room}`, "/settings"]) {
        const { status, headers } = await look(url + path, HTML);
        assert([302, 303].includes(status), `${path}: ${status}`);
        const to = new URL(headers.get("location") ?? "", url);
        assert.equal(to.pathname, "/sign-in");
        if (path !== "/") assert.equal(to.searchParams.get("next"), path);
      }
    });

    await t.step("a password manager is led to where the password is changed, signed out too", async () => {
      const path = "/.well-known/change-password";
      const inside = await look(url + path, { ...HTML, cookie });
      assert.deepEqual([inside.status, inside.headers.get("location")], [302, "/settings#password"]);
      assert.match((await look(`${url}/settings`, { ...HTML, cookie })).text, /id="password"/);
      const outside = new URL((await look(url + path, HTML)).headers.get("location") ?? "", url);
      assert.deepEqual([outside.pathname, outside.searchParams.get("next")], ["/sign-in", "/settings#password"]);
      // Managers ask for this one first: a site where it is there is not believed.
      const none = await look(`${url}/.well-known/resource-that-should-not-exist-whose-status-code-should-not-be-200`);
      assert.equal(none.status, 404);
    });

    await t.step("a Host that is none makes no address: pages lead to signing in all the same", async () => {
      for (const host of ["a b", "[", "x:99999"]) {
        const head = `GET /settings?a=1 HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`;
        using conn = await Deno.connect({ port: contact.server.port });
        await conn.write(new TextEncoder().encode(head));
        const answer = await new Response(conn.readable).text();
        assert.match(answer, /^HTTP\/1\.1 302 [^]*\nlocation: \/sign-in\?next=%2Fsettings/i, host);
      }
    });

    await t.step("pages carry a CSP with a fresh nonce and are kept by nobody", async () => {
      const nonces = new Set<string>();
      for (const path of [`/rooms/${room}`, `/rooms/${room}`, "/settings", "/nowhere", "/rooms/none"]) {
        const { headers, text, status } = await look(url + path, { ...HTML, cookie });
        assert.equal(status, /nowhere|none/.test(path) ? 404 : 200, path);
        const policy = headers.get("content-security-policy") ?? "";
        const nonce = /script-src[^;]*'nonce-([\w-]{16,})'/.exec(policy)?.[1] ?? "";
        assert(nonce !== "" && !nonces.has(nonce), path);
        nonces.add(nonce);
        assert.match(policy, /require-trusted-types-for 'script'/);
        assert.match(policy, /frame-ancestors 'none'/);
        assert.doesNotMatch(policy, /unsafe-/);
        assert.equal(headers.get("referrer-policy"), "same-origin");
        assert.equal(headers.get("cache-control"), "private, no-store");
        assert.equal(headers.get("x-content-type-options"), "nosniff");
        assert.doesNotMatch(text, /<[a-z][^>]*\sstyle=/i, "no inline style");
        assert.doesNotMatch(text, /<[a-z][^>]*\son[a-z]+=/i, "no inline handler");
      }
    });

    await t.step("hashed assets are kept for ever, by everybody, and need no sign-in", async () => {
      const { text } = await look(`${url}/sign-in`, HTML);
      const assets = [...text.matchAll(/(?:href|src)="(\/[^"]+\.(?:css|js))"/g)].map(([, path = ""]) => path);
      assert(assets.length > 0);
      for (const path of assets) {
        const { status, headers } = await look(url + path);
        assert.equal(status, 200, path);
        assert.match(headers.get("cache-control") ?? "", /public.*immutable|immutable/, path);
        assert.equal(headers.get("x-content-type-options"), "nosniff");
      }
    });

    await t.step("/healthz tells that all is well, to anybody", async () => {
      const { status, text, headers } = await look(`${url}/healthz`);
      assert.equal(status, 200);
      const { status: state, storage, version } = JSON.parse(text);
      assert.deepEqual([state, storage, typeof version], ["ok", "ok", "string"]);
      assert.equal(headers.get("cache-control"), "private, no-store");
    });

    await t.step(
      "signed in, /sign-in leads home; set up, /welcome has no form; an unusable invite is 410",
      async () => {
        const signIn = await look(`${url}/sign-in`, { ...HTML, cookie });
        assert([302, 303].includes(signIn.status));
        assert.equal(new URL(signIn.headers.get("location") ?? "", url).pathname, "/");
        assert.doesNotMatch((await look(`${url}/welcome?token=x`, HTML)).text, /<form/);
        const join = await look(`${url}/join/none`, HTML);
        assert.equal(join.status, 410);
        assert.doesNotMatch(join.text, /<form/);
      },
    );

    await t.step("every answer has a request id, and its problem doesn't", async () => {
      const response = await owner.api.post("rooms.get", { room: "none" });
      const id = response.headers.get("x-request-id") ?? "";
      assert(id.length >= 16);
      const text = await response.text();
      assert(!text.includes(id));
      assert.deepEqual(Object.keys(JSON.parse(text)).sort(), ["code", "detail", "status", "title", "type"]);
    });
    await orderOfChecks(t, contact);
  });
});

/** Each case fails the check that it names and all after it; the first one that fails is the answer. */
async function orderOfChecks(t: Deno.TestContext, { url, owner, member, done }: Contact): Promise<void> {
  const large = `{"room":${JSON.stringify("x".repeat(65_536))}}`;
  const json = { "content-type": "application/json" };
  const ours = { origin: url };
  const { cookie = "" } = owner.api.headers();
  const room = textIn(await done(owner.api, "rooms.create", { name: "p", visibility: "private" }), "room", "id");
  const cases: [what: string, name: string, status: number, headers: Record<string, string>, body: string][] = [
    ["Origin", "no.such", 403, { origin: "http://evil.test" }, large],
    ["unknown name", "no.such", 404, ours, large],
    ["not signed in", "rooms.get", 401, ours, large],
    ["another X-Rivulet-As", "rooms.get", 401, { ...ours, cookie, "x-rivulet-as": member.id }, large],
    ["body over 64 KiB", "rooms.get", 413, { ...ours, cookie }, large],
    ["another Content-Type", "rooms.get", 400, { ...ours, cookie, "content-type": "text/plain" }, `{"room":"x"}`],
    ["shape", "rooms.addMember", 400, { ...ours, ...json, cookie }, `{"room":"x"}`],
    ["a lone surrogate", "rooms.get", 400, { ...ours, ...json, cookie }, `{"room":"\\ud800"}`],
    ["not there", "rooms.addMember", 404, { ...ours, ...json, cookie }, `{"room":"x","user":"x"}`],
    ["not visible", "rooms.leave", 404, { ...ours, ...json, ...memberCookie() }, JSON.stringify({ room })],
  ];
  function memberCookie() {
    return { cookie: member.api.cookie() };
  }
  for (const [what, name, status, headers, body] of cases) {
    await t.step(`checks in order: ${what} is ${status}`, async () => {
      const response = await fetch(`${url}/api/${name}`, { method: "POST", headers, body });
      assert.equal(response.status, status, await response.text());
    });
  }
  await t.step("any other method of a command is 404", async () => {
    for (const method of ["GET", "PUT", "DELETE", "PATCH"]) {
      const response = await fetch(`${url}/api/auth.me`, { method, headers: { cookie } });
      await response.body?.cancel();
      assert.equal(response.status, 404, method);
    }
  });
  await t.step("a body that doesn't say its length is cut at 64 KiB too, and one byte less is read", async () => {
    const padded = (bytes: number) => `{"room":"x","pad":"${"x".repeat(bytes - 21)}"}`;
    const post = async (text: string) => {
      const body = new Blob([text]).stream(); // chunked
      const response = await fetch(`${url}/api/rooms.get`, {
        method: "POST",
        headers: { ...ours, ...json, cookie },
        body,
      });
      await response.body?.cancel();
      return response.status;
    };
    assert.equal(padded(65_536).length, 65_536);
    assert.equal(await post(padded(65_536)), 404);
    assert.equal(await post(padded(65_537)), 413);
  });
}
