import assert from "node:assert/strict";
import { comparable, withApp } from "./with_app.ts";

const HTML = { accept: "text/html,application/xhtml+xml" };

Deno.test("a page carries a CSP with a fresh nonce, and no inline styles or frames are allowed", () =>
  withApp(async ({ ask, setUp }) => {
    await setUp();
    const policies = [];
    for (let n = 0; n < 2; n++) {
      const response = await ask("/sign-in", { headers: HTML });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get("referrer-policy"), "same-origin");
      assert.equal(response.headers.get("cache-control"), "private, no-store");
      assert.equal(response.headers.get("x-content-type-options"), "nosniff");
      assert.equal(response.headers.has("strict-transport-security"), false);
      const policy = response.headers.get("content-security-policy") ?? "";
      const [, nonce = ""] = /script-src 'nonce-([\w-]{22,})'/.exec(policy) ?? [];
      assert.notEqual(nonce, "");
      for (const [script] of (await response.text()).matchAll(/<script[^>]*>/g)) {
        assert(script.includes(`nonce="${nonce}"`) || script.includes("application/json"), script);
      }
      for (const part of ["default-src 'none'", "frame-ancestors 'none'", "require-trusted-types-for 'script'"]) {
        assert(policy.includes(part), part);
      }
      assert(!/unsafe|style-src[^;]*nonce|\*/.test(policy), policy);
      policies.push(policy);
    }
    assert.notEqual(policies[0], policies[1]);
  }));

Deno.test("a page's style is named in its head, so that a browser asks for it before it has the page", () =>
  withApp(async ({ ask, setUp }) => {
    await setUp();
    const page = await ask("/sign-in", { headers: HTML });
    const [, style] = /^<([^>]+)>; rel=preload; as=style$/.exec(page.headers.get("link") ?? "") ?? [];
    assert(style !== undefined && (await page.text()).includes(`<link rel="stylesheet" href="${style}"/>`), style);
    assert.equal((await ask(style)).headers.get("content-type"), "text/css; charset=utf-8");
  }));

Deno.test("an error is a page for a browser, a problem for others, with the same status", () =>
  withApp(async ({ ask, setUp, origin }) => {
    const { cookie } = await setUp();
    const page = await ask("/nowhere", { headers: { ...HTML, cookie } });
    assert.equal(page.status, 404);
    assert.match(page.headers.get("content-type") ?? "", /^text\/html/);
    assert.match(page.headers.get("content-security-policy") ?? "", /nonce-/);
    const problem = await ask("/nowhere", { headers: { cookie } });
    assert.equal(problem.status, 404);
    assert.equal(problem.headers.get("content-type"), "application/problem+json");
    const refused = await ask("/sign-in", { method: "POST", body: "", headers: { ...HTML, origin: `${origin}0` } });
    assert.equal(refused.status, 403);
    assert.match(refused.headers.get("content-type") ?? "", /^text\/html/);
    const api = await ask("/api/x", { headers: HTML });
    assert.equal(api.headers.get("content-type"), "application/problem+json");
  }));

Deno.test("two addresses that there aren't are answered alike", () =>
  withApp(async ({ ask, setUp }) => {
    const { cookie } = await setUp();
    const [one, other] = await Promise.all(
      ["/nowhere", "/else/where"].map(async (path) => comparable(await ask(path, { headers: { cookie } }))),
    );
    assert.deepEqual(one, other);
  }));

Deno.test("every response has its own X-Request-Id, and none that a client sent", () =>
  withApp(async ({ ask }) => {
    const ids = new Set<string>();
    for (const path of ["/healthz", "/healthz", "/nowhere", "/api/x"]) {
      const response = await ask(path, { headers: { "x-request-id": "mine" } });
      ids.add(response.headers.get("x-request-id") ?? "");
    }
    assert.equal(ids.size, 4);
    assert(!ids.has("mine") && !ids.has(""));
  }));
