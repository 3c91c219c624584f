/** Settings and the list of rooms, as plain forms. */
import assert from "node:assert/strict";
import { describeUserAgent } from "../../routes/pages/user_agent.ts";
import { setAt } from "../../lib/server/kv/key.ts";
import { keys } from "../../lib/server/kv/keys.ts";
import type { Person } from "../support/services.ts";
import { seedRooms } from "../support/many.ts";
import { type Fixture, form, withFixture } from "./fixture.ts";

Deno.test("a profile is saved; a handle that is taken is said, with what was typed", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    const post = (fields: Record<string, string>) => ask("/settings/profile", { ...form(fields), as: maren });
    const done = await post({ name: "Maren H", handle: "mh" });
    assert.deepEqual([done.status, done.headers.get("location")], [303, "/settings?saved=profile#profile"]);
    assert.match(await (await ask("/settings?saved=profile", { as: maren })).text(), /role="status".*Saved/);
    const taken = await post({ name: "Maren Q", handle: "ilya" });
    assert.equal(taken.status, 409);
    const html = await taken.text();
    assert.match(html, /role="alert".*@ilya is taken\./);
    assert.match(html, /name="name" value="Maren Q"/);
  });
});

Deno.test("a profile says what a name or handle may be, and keeps one of before as it is", async () => {
  await withFixture(async ({ ask, workspace: { services }, people: { maren } }) => {
    const post = (fields: Record<string, string>) => ask("/settings/profile", { ...form(fields), as: maren });
    const handle = await post({ name: "Maren", handle: "maren." });
    assert.equal(handle.status, 400);
    const words = /role="alert".*Start and end your handle with a letter or digit\./;
    assert.match(await handle.text(), words);
    const name = await post({ name: "Ma\u202eren", handle: "maren" });
    assert.equal(name.status, 400);
    assert.match(
      await name.text(),
      /role="alert".*Name has characters that can(&#39;|')t be seen/,
    );

    const account = await services.users.accountByHandle("maren");
    assert.ok(account);
    const old = { ...account.user, name: "Ma\u200bren", handle: "maren." };
    const { signIns, deactivations } = account;
    await services.db.commit({
      sets: [setAt(keys.user(old.id), { ...old, signIns, deactivations }), setAt(keys.handle("maren."), old.id)],
    });
    assert.equal((await post({ name: old.name, handle: old.handle })).status, 303);
    assert.equal((await post({ name: "Maren H", handle: old.handle })).status, 303);
    const { user } = await services.users.accountByHandle("maren.") ?? {};
    assert.deepEqual([user?.name, user?.handle], ["Maren H", "maren."]);
    const signIn = await ask("/sign-in", form({ handle: "maren.", password: "correct horse battery" }));
    assert.equal(signIn.status, 303);
  });
});

Deno.test("a password is changed with the current one only", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    const post = (current: string) =>
      ask("/settings/password", { ...form({ current, password: "another horse battery" }), as: maren });
    const wrong = await post("wrong horse battery");
    assert.equal(wrong.status, 403);
    assert.doesNotMatch(await wrong.text(), /horse battery/);
    assert.equal((await post("correct horse battery")).status, 303);
    const signIn = await ask("/sign-in", form({ handle: "maren", password: "another horse battery" }));
    assert.equal(signIn.status, 303);
  });
});

Deno.test("other sessions are listed and ended", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    await ask("/sign-in", form({ handle: "maren", password: "correct horse battery" }));
    const html = await (await ask("/settings", { as: maren })).text();
    const [, session = ""] = /name="session" value="([^"]+)"/.exec(html) ?? [];
    assert.match(html, /Signed in on 2 devices\./);
    assert.equal((await ask("/settings/sessions", { ...form({ session }), as: maren })).status, 303);
    assert.match(await (await ask("/settings", { as: maren })).text(), /Signed in on 1 device\./);
  });
});

Deno.test("a token is shown once, works, is listed and revoked; a bad name is said, with what was chosen", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    const post = (path: string, fields: Record<string, string>) => ask(path, { ...form(fields), as: maren });
    const made = await post("/settings/tokens", { name: "flood <alerts>", days: "30" });
    const [, token = ""] = /id="made-token" readonly value="([\w-]{43})"/.exec(await shownOnce(ask, made, maren)) ?? [];
    const me = { method: "POST", body: "{}", headers: { "content-type": "application/json" } };
    const asTool = () => ask("/api/auth.me", { ...me, headers: { ...me.headers, authorization: `Bearer ${token}` } });
    assert.equal((await asTool()).status, 200);
    const html = await (await ask("/settings", { as: maren })).text();
    assert(!html.includes(token), "once");
    assert.match(html, /<b>flood &lt;alerts><\/b>.*last used.*expires/);
    const [, id = ""] = /action="\/settings\/token"><input type="hidden" name="id" value="([^"]+)"/.exec(html) ?? [];
    const revoked = await post("/settings/token", { id });
    assert.deepEqual([revoked.status, revoked.headers.get("location")], [303, "/settings?saved=tokens#tokens"]);
    assert.equal((await asTool()).status, 401);
    assert.equal((await post("/settings/token", { id })).status, 404);
    const empty = await post("/settings/tokens", { name: " ", days: "365" });
    assert.equal(empty.status, 400);
    assert.match(await empty.text(), /role="alert" id="a-tokens".*<option value="365" selected/);
    const lasting = await post("/settings/tokens", { name: "backup", days: "" });
    assert.match(await shownOnce(ask, lasting, maren), /never used.*never expires/);
    assert.equal((await post("/settings/tokens", { name: "x", days: "many" })).status, 400);
  });
});

Deno.test("the feed's addresses are shown once, and new ones end them", async () => {
  await withFixture(async ({ ask, people: { maren, noor } }) => {
    const make = async () => {
      const made = await ask("/settings/feeds", { ...form({}), as: maren });
      const html = await shownOnce(ask, made, maren);
      const [json, atom] = ["json", "atom"].map((kind) =>
        new RegExp(`id="made-${kind}" readonly value="http://localhost(/feed.${kind}[^"]+)"`).exec(html)?.[1] ?? ""
      );
      return { json: json ?? "", atom: atom ?? "" };
    };
    const first = await make();
    assert.deepEqual([(await ask(first.json)).status, (await ask(first.atom)).status], [200, 200]);
    assert.doesNotMatch(await (await ask("/settings", { as: maren })).text(), /id="made-json"/);
    const second = await make();
    assert.deepEqual([(await ask(first.json)).status, (await ask(second.atom)).status], [401, 200]);
    // Who has none yet is asked nothing; new ones ask first, for they end the ones before.
    const question = async (as: typeof maren) =>
      /popover="auto"[^>]*new-feeds/.test(await (await ask("/settings", { as })).text());
    assert.deepEqual([await question(noor), await question(maren)], [false, true]);
  });
});

Deno.test("the theme is on the page from the first byte, and only a known one", async () => {
  await withFixture(async ({ ask, people: { maren } }) => {
    const set = await ask("/settings/theme", { ...form({ theme: "dark" }), as: maren });
    assert.equal(set.status, 303);
    assert.match(set.headers.getSetCookie().join(), /theme=dark/);
    const page = async (theme: string) => (await ask("/sign-in", { headers: { cookie: `theme=${theme}` } })).text();
    assert.match(await page("dark"), /<html lang="en" data-theme="dark">/);
    assert.match(await page("%22%3E%3Cb%3E"), /<html lang="en">/);
    const odd = await ask("/settings/theme", { ...form({ theme: "x" }), as: maren });
    assert.match(odd.headers.getSetCookie().join(), /theme=system/);
  });
});

Deno.test("people and invites are for those who run the workspace", async () => {
  await withFixture(async ({ ask, people: { owner, maren, ilya } }) => {
    const plain = await (await ask("/settings", { as: maren })).text();
    assert.doesNotMatch(plain, /id="people"|id="invites"/);
    const refused = await ask("/settings/invites", { ...form({ uses: "1", days: "7" }), as: maren });
    assert.equal(refused.status, 403);
    await refused.body?.cancel();

    const made = await ask("/settings/invites", { ...form({ uses: "3", days: "7" }), as: owner });
    const html = await shownOnce(ask, made, owner);
    const [, url = ""] = /id="made"[^>]* value="([^"]+)"/.exec(html) ?? [];
    assert.match(url, /^http:\/\/localhost\/join\/\S+$/);
    assert.match(html, /3 uses left/);
    const later = await (await ask("/settings", { as: owner })).text();
    assert.ok(!later.includes(url), "the link is shown once");
    const [, id = ""] = /action="\/settings\/revoke"><input type="hidden" name="id" value="([^"]+)"/.exec(later) ?? [];
    assert.equal((await ask("/settings/revoke", { ...form({ id }), as: owner })).status, 303);
    assert.equal((await ask(new URL(url).pathname)).status, 410);

    const promote = await ask("/settings/role", { ...form({ user: maren?.user.id ?? "", role: "admin" }), as: owner });
    assert.equal(promote.status, 303);
    const end = await ask("/settings/deactivate", { ...form({ user: ilya?.user.id ?? "" }), as: maren });
    assert.equal(end.status, 303);
    assert.equal((await ask("/rooms", { as: ilya })).status, 302);
  });
});

Deno.test("public rooms are listed by name, archived ones last, and say so where there are too many for that", async () => {
  await withFixture(async ({ ask, gauges, workspace: { services }, people: { owner } }) => {
    const listed = async () => {
      const html = await (await ask("/rooms", { as: owner })).text();
      const [, section = ""] = /<section class="sect" id="browse"(.*?)<\/section>/s.exec(html) ?? [];
      return { names: [...section.matchAll(/<b>([^<]+)<\/b>/g)].map(([, name]) => name), section };
    };
    const make = async (name: string) =>
      (await owner?.call("rooms.create", { name, visibility: "public" }))?.room.id ?? "";
    const old = await make("alder");
    await make("Zander");
    await make("birch");
    await owner?.call("rooms.archive", { room: old });
    const few = await listed();
    assert.deepEqual(
      few.names,
      [...few.names.slice(0, -1)].sort((a, b) => a?.localeCompare(b ?? "", "en") ?? 0).concat("alder"),
    );
    assert.deepEqual(few.names.filter((it) => ["alder", "birch", "Zander"].includes(it ?? "")), [
      "birch",
      "Zander",
      "alder",
    ]);
    assert.match(few.section, /\d+ rooms\. Join one/);
    await seedRooms(services.db, gauges, { named: Array.from({ length: 100 }, (_, at) => `zroom${at}`) });
    const many = await listed();
    assert.match(many.section, /Oldest first\. Join one/);
    assert.deepEqual([many.names.length, many.names.at(-1)], [100, "alder"]);
  });
});

Deno.test("a room is created and a conversation started by forms", async () => {
  await withFixture(async ({ ask, people: { owner, ilya } }) => {
    const made = await ask("/rooms", { ...form({ name: "  upper   weir ", visibility: "private" }), as: owner });
    assert.match(made.headers.get("location") ?? "", /^\/rooms\/\w+$/);
    const { rooms } = await owner.call("rooms.list", { limit: 100 });
    assert.equal(rooms.find((line) => line.room.name === "upper weir")?.room.visibility, "private");
    const empty = await ask("/rooms", { ...form({ name: " ", topic: "kept" }), as: owner });
    assert.equal(empty.status, 400);
    assert.match(await empty.text(), /role="alert".*name="topic" value="kept"/);
    const direct = await ask("/direct", { ...form({ user: ilya?.user.id ?? "" }), as: owner });
    assert.match(direct.headers.get("location") ?? "", /^\/rooms\/\w+$/);
  });
});

Deno.test("an address that is none has a page, in the reader's words", async () => {
  await withFixture(async ({ ask, people: { owner } }) => {
    for (const path of ["/nope", "/settings/nope", "/rooms/a/b/c"]) {
      const response = await ask(path, { as: owner });
      assert.equal(response.status, 404, path);
      assert.match(
        await response.text(),
        /<h1 class="big">Page not found<\/h1>.*It may have moved, or you may not have access\./,
      );
    }
  });
});

Deno.test("agents are named by browser and system", () => {
  const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:133.0) Gecko/20100101 Firefox/133.0";
  const pixel = "Mozilla/5.0 (Linux; Android 15; Pixel 9) AppleWebKit/537.36 Chrome/131.0 Mobile Safari/537.36";
  assert.deepEqual(describeUserAgent(firefox), { name: "Firefox on Linux", isPhone: false });
  assert.deepEqual(describeUserAgent(pixel), { name: "Chrome on Android", isPhone: true });
  assert.deepEqual(describeUserAgent("curl/8.5"), { name: "curl/8.5", isPhone: false });
  assert.deepEqual(describeUserAgent(""), { name: "Unknown", isPhone: false });
  assert.deepEqual(describeUserAgent("(...) ---"), { name: "Unknown", isPhone: false });
});

/** The page that the answer to a form leads to, with the cookie that shows it what was made; no other page has it. */
async function shownOnce(ask: Fixture["ask"], made: Response, as: Person | undefined): Promise<string> {
  assert.deepEqual([made.status, made.headers.get("location")], [303, "/settings"]);
  const [cookie = ""] = made.headers.getSetCookie().filter((it) => it.startsWith("shown_once_80="));
  assert.match(cookie, /Max-Age=60; Path=\/settings; HttpOnly; SameSite=Lax/);
  const headers = { cookie: `rivulet_session_80=${as?.token}; ${cookie.split(";")[0]}` };
  const page = await ask("/settings", { headers });
  assert.match(page.headers.getSetCookie().join(), /shown_once_80=; Max-Age=0; Path=\/settings/);
  return await page.text();
}
