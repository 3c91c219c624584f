/**
 * The feed's page as HTML: what it shows, what it hides, and that it works without script (lib/protocol/README.md §1,
 * §6).
 */
import assert from "node:assert/strict";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { feedData } from "../../lib/ui/feed/feed_data.ts";
import { newKey, type Person } from "../support/services.ts";
import { type Fixture, form, withFixture } from "./fixture.ts";

const HTML_MAX_BYTES = 20 * 1_024; // islands/README.md, Budgets; as a server compresses on its way
const WIRE_QUALITY = 5;

function dataOf(html: string) {
  const [, json = ""] = /<script type="application\/json" id="page-data"[^>]*>(.*?)<\/script>/.exec(html) ?? [];
  return feedData.parse(JSON.parse(json));
}

/** What the articles say, tags taken out. */
function articlesOf(html: string): string[] {
  return [...html.matchAll(/<article.*?<p id="t-[^>]*>(.*?)<\/p>/g)].map(([, text = ""]) =>
    text.replaceAll(/<span class="vh">.*?<\/span>|<[^>]+>/g, "").trim()
  );
}

async function page({ ask, people: { owner } }: Fixture, path: string, as: Person | undefined = owner) {
  const response = await ask(path, as && { as });
  return { response, html: await response.text() };
}

/** Mentions of the owner by Tomás, enough for more than one page. */
async function mention({ people: { tomas }, gauges }: Fixture, count: number): Promise<void> {
  for (let at = 1; at <= count; at++) {
    await tomas?.call("messages.send", { room: gauges, text: `@owner number ${at}`, key: newKey() });
  }
}

Deno.test("the feed shows what is for me, the newest first, and carries it for its island", async () => {
  await withFixture(async (fixture) => {
    const { response, html } = await page(fixture, "/feed");
    assert.equal(response.status, 200);
    const articles = articlesOf(html);
    assert.equal(articles[0], "Priya Nair sent you a message");
    assert.ok(articles.includes("Tomás Vega mentioned you in #gauges"), articles.join("; "));
    assert.match(html, /Lunch at one\?/);
    assert.match(html, /<title>Feed · Northfell<\/title>/);
    assert.match(html, /role="feed"/);
    assert.match(html, /aria-posinset="1" aria-setsize="\d+"/);
    assert.doesNotMatch(html, / style="/);
    const { parts, tab } = dataOf(html);
    assert.equal(tab, "you");
    assert.deepEqual(parts.map(({ view }) => view), ["you"]);
  });
});

Deno.test("sidebar, tab and link say as many as are listed behind; unread rooms have a heading of their own", async () => {
  await withFixture(async (fixture) => {
    const { gauges, people: { tomas } } = fixture;
    await tomas?.call("messages.send", { room: gauges, text: "For nobody in particular.", key: newKey() });
    const agree = async () => {
      const { html } = await page(fixture, "/feed");
      const [link, tab, side] = [
        /Catch up, (\d+\+?) new</,
        /For you<span class="num">(\d+\+?)</,
        /Feed<\/span><span[^>]*>(\d+\+?)</,
      ]
        .map((it) => it.exec(html)?.[1]);
      assert.deepEqual([tab, side], [link, link]);
      const behind = (await page(fixture, "/feed?view=catch-up")).html;
      const parts = behind.split(/(?=<h2 class="feed-h")/).slice(1);
      const listed = (isUnread: boolean) =>
        parts.filter((it) => it.includes(">Unread messages<") === isUnread).flatMap(articlesOf);
      assert.ok(listed(true).some((it) => /^\d+ unread messages? in #gauges/.test(it)), listed(true).join("; "));
      return { said: link, listed: listed(false).length };
    };
    const few = await agree();
    assert.equal(few.said, `${few.listed}`);
    await mention(fixture, 45); // more than the feed's first page has
    const many = await agree();
    assert.deepEqual(many, { said: `${few.listed + 45}`, listed: few.listed + 45 });
    await mention(fixture, 60); // more than are counted
    assert.equal((await agree()).said, "99+");
  });
});

Deno.test("what happened in a direct message is shown to be in it, not in its people", async () => {
  await withFixture(async (fixture) => {
    const { owner, priya } = fixture.people;
    assert.ok(owner && priya);
    const { room: { id: room } } = await owner.call("rooms.direct", { users: [priya.user.id] });
    const { message } = await owner.call("messages.send", { room, text: "At one.", key: newKey() });
    await priya.call("messages.react", { room, seq: message.seq, emoji: "👍" });
    const { html } = await page(fixture, "/feed");
    assert.equal(articlesOf(html)[0], "Priya Nair reacted to your direct message");
  });
});

Deno.test("everything is what every member may see; a private room is shown to nobody else", async () => {
  await withFixture(async (fixture) => {
    const { html } = await page(fixture, "/feed?view=everything", fixture.people.jun);
    const articles = articlesOf(html);
    assert.ok(articles.includes("Maren Holt created #lunch"), articles.join("; "));
    assert.ok(articles.some((text) => text.endsWith("joined Northfell")));
    assert.doesNotMatch(html, /board/);
  });
});

Deno.test("each way to look at the feed has a title of its own", async () => {
  await withFixture(async (fixture) => {
    const paths = ["/feed", "/feed?view=everything", "/feed?view=catch-up", `/feed?room=${fixture.gauges}`];
    const titles = [];
    for (const path of paths) titles.push(/<title>(.*?)<\/title>/.exec((await page(fixture, path)).html)?.[1]);
    assert.deepEqual(titles, [
      "Feed · Northfell",
      "Everything · Feed · Northfell",
      "Catch up · Feed · Northfell",
      "#gauges · Feed · Northfell",
    ]);
  });
});

Deno.test("what I did myself is not new to me", async () => {
  await withFixture(async (fixture) => {
    const { maren } = fixture.people;
    const { html } = await page(fixture, "/feed?view=everything", maren);
    const said = [...html.matchAll(/<article class="(ev un|ev)".*?<p id="t-[^>]*>(.*?)<\/p>/g)].map((
      [, shown, text = ""],
    ) => [shown, text.replaceAll(/<span class="vh">.*?<\/span>|<[^>]+>/g, "").trim()].join(": "));
    assert.ok(said.includes("ev: Maren Holt created #lunch"), said.join("; "));
    assert.ok(said.some((it) => it.startsWith("ev un: ")), said.join("; "));
  });
});

Deno.test("a room's tab shows what is about it, of both lists; a room that is not there for me is not found", async () => {
  await withFixture(async (fixture) => {
    const { gauges, people: { owner, jun } } = fixture;
    const { html } = await page(fixture, `/feed?room=${gauges}`);
    const articles = articlesOf(html);
    assert.ok(articles.includes("Tomás Vega mentioned you in #gauges"));
    assert.ok(articles.includes("Noor Haddad created #gauges"));
    assert.deepEqual(articles.filter((text) => !text.includes("#gauges")), []);
    assert.deepEqual(dataOf(html).parts.map(({ view }) => view), ["you", "everything"]);
    const board = (await owner?.call("rooms.list", {}))?.rooms.find(({ room }) => room.name === "board");
    const hidden = await page(fixture, `/feed?room=${board?.room.id}`, jun);
    const missing = await page(fixture, "/feed?room=nothing", jun);
    assert.deepEqual([hidden.response.status, missing.response.status], [404, 404]);
  });
});

Deno.test("older entries are a link away, and the way through them shows each once", async () => {
  await withFixture(async (fixture) => {
    await mention(fixture, 90);
    const seen: string[] = [];
    let path: string | undefined = "/feed";
    for (let pages = 0; path !== undefined && pages < 9; pages++) {
      const { html } = await page(fixture, path);
      seen.push(...dataOf(html).parts.flatMap(({ entries }) => entries.map(({ offset }) => offset)));
      path = /<a [^>]*id="feed-older" href="([^"]+)"/.exec(html)?.[1]?.replaceAll("&amp;", "&");
    }
    assert.ok(seen.length > 90);
    assert.equal(new Set(seen).size, seen.length);
    assert.deepEqual(seen, [...seen].sort().reverse());
  });
});

Deno.test("what is new can be marked as seen by the form, and then is not new", async () => {
  await withFixture(async (fixture) => {
    const { ask, people: { owner } } = fixture;
    const before = await page(fixture, "/feed");
    const offset = /<button[^>]* name="offset" value="([^"]+)"/.exec(before.html)?.[1] ?? "";
    const marked = await ask("/feed", { as: owner, ...form({ view: "you", offset }) });
    assert.deepEqual([marked.status, marked.headers.get("location")], [303, "/feed"]);
    const after = await page(fixture, "/feed");
    assert.equal(dataOf(after.html).unseen, 0);
    assert.doesNotMatch(after.html, /class="ev un"|Catch up/);
    assert.deepEqual(articlesOf(after.html).length > 0, true);
    const wrong = await ask("/feed", { as: owner, ...form({ view: "you", offset: "nothing" }) });
    assert.equal(wrong.status, 410);
    assert.match(await wrong.text(), /role="alert"/);
  });
});

Deno.test("one catches up on mentions, then replies, then rooms, then reactions", async () => {
  await withFixture(async (fixture) => {
    const { gauges, people: { owner, jun, ilya } } = fixture;
    const { message } = await owner?.call("messages.send", { room: gauges, text: "Done", key: newKey() }) ??
      assert.fail();
    for (const person of [jun, ilya]) {
      await person?.call("messages.react", { room: gauges, seq: message.seq, emoji: "👏" });
    }
    await ilya?.call("messages.send", { room: gauges, text: "Thanks", key: newKey() });
    const { html } = await page(fixture, "/feed?view=catch-up");
    const titles = [...html.matchAll(/<h2 class="feed-h"[^>]*>(.*?)<\/h2>/g)].map(([, title]) => title);
    assert.deepEqual(titles.slice(0, 3), ["Mentions and direct messages", "Unread messages", "Most reacted"]);
    assert.ok(
      articlesOf(html).includes("Ilya and Jun reacted to your message in #gauges"),
      articlesOf(html).join("; "),
    );
  });
});

Deno.test("an empty feed says what will come, and a page of many entries is small", async () => {
  await withFixture(async (fixture) => {
    const { workspace, people: { owner } } = fixture;
    const fresh = await workspace.join("aoife");
    const { html } = await page(fixture, "/feed", fresh);
    assert.match(html, /Nothing for you yet/);
    await mention(fixture, 60);
    const many = await page(fixture, "/feed", owner);
    const params = { [constants.BROTLI_PARAM_QUALITY]: WIRE_QUALITY };
    const { length } = await promisify(brotliCompress)(many.html, { params });
    assert.ok(length <= HTML_MAX_BYTES, `${length} bytes`);
  });
});

Deno.test("who is signed out is sent to sign in; / comes back to the feed until a room is opened", async () => {
  await withFixture(async (fixture) => {
    const { ask, gauges, people: { owner } } = fixture;
    const out = await ask("/feed");
    assert.deepEqual([out.status, out.headers.get("location")], [302, "/sign-in?next=%2Ffeed"]);
    const home = async (cookie: string) =>
      (await ask("/", { headers: { cookie: `rivulet_session_80=${owner?.token}; ${cookie}` } })).headers.get(
        "location",
      );
    const { response } = await page(fixture, "/feed");
    const kept = response.headers.getSetCookie().find((it) => it.startsWith("room_80="))?.split(";")[0] ?? "";
    assert.equal(await home(kept), "/feed");
    assert.equal(await home(`room_80=${gauges}`), `/rooms/${gauges}`);
  });
});

Deno.test("every page with the sidebar links to the feed with what is new in it", async () => {
  await withFixture(async (fixture) => {
    const { unseen } = dataOf((await page(fixture, "/feed")).html);
    for (const path of ["/feed", "/rooms", `/rooms/${fixture.gauges}`]) {
      const { html } = await page(fixture, path);
      const link = /<a class="new" href="\/feed".*?<\/a>/.exec(html)?.[0].replaceAll(/<[^>]+>/g, " ");
      assert.match(link ?? "", new RegExp(`Feed\\s+${unseen}\\s+unread`), path);
    }
  });
});
