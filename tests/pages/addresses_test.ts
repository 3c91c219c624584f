/** A page after a form has an address: opened or reloaded, it posts nothing again. And forms that ask first. */
import assert from "node:assert/strict";
import { form, withFixture } from "./fixture.ts";

Deno.test("the address of every form can be opened, and leads to where the form is", () =>
  withFixture(async ({ ask, gauges, people: { owner } }) => {
    const settings = {
      profile: "profile",
      password: "password",
      sessions: "sessions",
      tokens: "tokens",
      token: "tokens",
      feeds: "feeds",
      theme: "appearance",
      role: "people",
      deactivate: "people",
      reactivate: "people",
      invites: "invites",
      revoke: "invites",
    };
    const others = {
      [`/rooms/${gauges}/join`]: `/rooms/${gauges}`,
      [`/rooms/${gauges}/unarchive`]: `/rooms/${gauges}`,
      "/direct": "/rooms#people",
      "/sign-out": "/",
    };
    const all = [
      ...Object.entries(settings).map(([what, section]) => [`/settings/${what}`, `/settings#${section}`] as const),
      ...Object.entries(others),
    ];
    for (const [path, to] of all) {
      const page = await ask(path, { as: owner });
      assert.deepEqual([path, page.status, page.headers.get("location")], [path, 302, to]);
    }
  }));

Deno.test("what a form left to be shown is ours, and of the right shape, or nothing", () =>
  withFixture(async ({ ask, people: { owner } }) => {
    const made = { id: "i1", invite: "x", url: "https://elsewhere.example/join/x", expiresAt: 1, uses: 1 };
    for (const text of [JSON.stringify({ section: "invites", made }), "{", "null", '{"section":"tokens","token":1}']) {
      const cookie = `rivulet_session_80=${owner?.token}; shown_once_80=${encodeURIComponent(text)}`;
      const page = await ask("/settings", { headers: { cookie } });
      assert.equal(page.status, 200);
      assert.doesNotMatch(await page.text(), /id="made|elsewhere/);
    }
  }));

Deno.test("deactivating, another role, a token's end and the end of all sessions ask first; no script is needed", () =>
  withFixture(async ({ ask, people: { owner, maren } }) => {
    await ask("/sign-in", form({ handle: "owner", password: "correct horse battery" }));
    await owner?.call("tokens.create", { name: "backup" });
    await owner?.call("invites.create", { uses: 1 });
    const html = await (await ask("/settings", { as: owner })).text();
    const id = maren?.user.id ?? "";
    for (
      const [question, action] of [[`end-${id}`, "deactivate"], [`role-${id}`, "role"], ["end-others", "sessions"]]
    ) {
      assert.match(html, new RegExp(`<button [^>]*popovertarget="${question}"`), question);
      assert.match(
        html,
        new RegExp(
          `id="${question}" popover="auto" role="dialog"[^>]*><form method="post" action="/settings/${action}">`,
        ),
      );
    }
    for (const action of ["token", "revoke"]) {
      assert.match(
        html,
        new RegExp(`id="revoke-[^"]+" popover="auto"[^>]*><form method="post" action="/settings/${action}">`),
        action,
      );
    }
    assert.doesNotMatch(html, />Set<|Save theme/);
    const { sessions } = await owner?.call("sessions.list", {}) ?? { sessions: [] };
    assert.equal(sessions.length, 2);
    assert.equal((await ask("/settings/sessions", { ...form({ others: "all" }), as: owner })).status, 303);
    assert.equal((await owner?.call("sessions.list", {}))?.sessions.length, 1);
  }));
