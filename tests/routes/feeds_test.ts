/** The feed for feed readers (lib/protocol/README.md §6): its secret, what it holds, and conditional requests. */
import assert from "node:assert/strict";
import { renderAtom } from "../../routes/feeds/atom.ts";
import { notModified } from "../../lib/server/http/etag.ts";
import { type AppCase, PASSWORD, withApp } from "./with_app.ts";

const DAY_MS = 86_400_000;

interface FeedCase extends AppCase {
  id: string;
  cookie: string;
  token: string;
  rotate(cookie: string): Promise<string>;
  json(token: string): Promise<{ title: string; items: Record<string, unknown>[] }>;
}

async function withFeed(body: (it: FeedCase) => Promise<void>): Promise<void> {
  await withApp(async (it) => {
    const { id, cookie } = await it.setUp();
    const rotate = async (cookie: string): Promise<string> => {
      const made = await (await it.call("feedTokens.rotate", {}, { cookie })).json();
      assert.equal(made.json, `${it.origin}/feed.json?token=${made.token}`);
      assert.equal(made.atom, `${it.origin}/feed.atom?token=${made.token}`);
      return made.token;
    };
    const json = async (token: string) => await (await it.ask(`/feed.json?token=${token}`)).json();
    await body({ ...it, id, cookie, token: await rotate(cookie), rotate, json });
  });
}

Deno.test("/feed.json is a JSON Feed 1.1 of what everybody may see, and of nothing else", () =>
  withFeed(async ({ ask, call, cookie, token, json, origin, clock }) => {
    const create = async (name: string, visibility: string) =>
      (await (await call("rooms.create", { name, visibility }, { cookie })).json()).room.id;
    const open = await create("open <gauges>", "public");
    const closed = await create("closed", "private");
    const send = (room: string, text: string) =>
      call("messages.send", { room, text, key: `feeds-${room}` }, { cookie });
    clock.now += DAY_MS; // so that what is said now is the start of a conversation
    await send(closed, "not for all");
    const sent = await (await send(open, "Water is **up**")).json();
    const response = await ask(`/feed.json?token=${token}`);
    assert.equal(response.status, 200);
    assert.equal(response.headers.get("content-type"), "application/feed+json; charset=utf-8");
    assert.equal(response.headers.get("cache-control"), "private, no-cache");
    const text = await response.text();
    assert(!text.includes(closed) && !text.includes("not for all") && !text.includes(token));
    const feed = JSON.parse(text);
    assert.equal(feed.version, "https://jsonfeed.org/version/1.1");
    assert.deepEqual([feed.title, feed.home_page_url], ["Northfell · Activity", `${origin}/feed`]);
    const about = feed.items.find((item: { content_text: string }) => item.content_text.includes("Water is"));
    assert(about, text);
    assert.deepEqual(about.authors, [{ name: "Noor" }]);
    assert(about.url.startsWith(`${origin}/rooms/${open}`));
    assert.equal(new Date(about.date_published).toISOString(), about.date_published);
    assert.equal(new Set(feed.items.map((item: { id: string }) => item.id)).size, feed.items.length);
    await call("messages.delete", { room: open, seq: sent.message.seq }, { cookie });
    assert(!JSON.stringify(await json(token)).includes("Water is"), "what is deleted is gone");
  }));

Deno.test("ids in a feed are the same under every Host, and Atom and JSON Feed name their own addresses", () =>
  withFeed(async ({ ask, call, cookie, token }) => {
    await call("rooms.create", { name: "gauges", visibility: "public" }, { cookie });
    const atom = async (host?: string) =>
      await (await ask(`/feed.atom?token=${token}`, { headers: host ? { host } : {} })).text();
    const json = async (host: string) => await (await ask(`/feed.json?token=${token}`, { headers: { host } })).json();
    const idsOf = (text: string) => [...text.matchAll(/<id>(.*?)<\/id>/g)].map(([, id = ""]) => id);
    const [here, there] = [idsOf(await atom()), idsOf(await atom("other.test"))];
    assert(here.length > 2);
    assert.deepEqual(there, here);
    assert.equal(new Set(here).size, here.length);
    for (const id of here) {
      assert.match(id, /^urn:uuid:[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-a[0-9a-f]{3}-[0-9a-f]{12}$/);
    }
    const feed = await json("other.test");
    assert.deepEqual(feed.items.map(({ id }: { id: string }) => id), here.slice(1), "both formats name an entry alike");
    assert.equal(feed.feed_url, "http://other.test/feed.json");
    assert((await atom("other.test")).includes(
      '<link rel="self" type="application/atom+xml" href="http://other.test/feed.atom"/>',
    ));
  }));

Deno.test("/feed.atom escapes what people write", () =>
  withFeed(async ({ ask, call, cookie, token }) => {
    await call("users.update", { name: `<b>&"N]]>` }, { cookie });
    await call("rooms.create", { name: `</title><script>"'&`, visibility: "public" }, { cookie });
    const response = await ask(`/feed.atom?token=${token}`);
    assert.equal(response.headers.get("content-type"), "application/atom+xml; charset=utf-8");
    const text = await response.text();
    assert.match(text, /^<\?xml version="1.0" encoding="utf-8"\?>\n<feed xmlns="http:\/\/www.w3.org\/2005\/Atom"/);
    assert(text.includes(`<name>&lt;b&gt;&amp;&quot;N]]&gt;</name>`), text);
    assert(text.includes(`&lt;/title&gt;&lt;script&gt;&quot;'&amp;`), text);
    assert(!text.includes("<script"));
    assert(!text.includes(token));
  }));

Deno.test("what names of before may hold and XML cannot carry is replaced in Atom", () => {
  const feed = {
    title: "a\u0007b\ufffec",
    workspace: "w",
    origin: "http://x",
    since: 0,
    entries: [],
    names: new Map(),
  };
  const text = renderAtom(feed);
  assert(text.includes("<title>a\ufffdb\ufffdc</title>"), text);
});

Deno.test("an unchanged feed is 304, by whatever kind of tag; a changed one is not", () =>
  withFeed(async ({ ask, call, cookie, token }) => {
    for (const kind of ["json", "atom"]) {
      const get = (tag: string) => ask(`/feed.${kind}?token=${token}`, { headers: { "if-none-match": tag } });
      const etag = (await ask(`/feed.${kind}?token=${token}`)).headers.get("etag") ?? "";
      assert.match(etag, /^W\/"[\w-]+"$/); // as it would be by compressing: a 304 names the same
      for (const tag of [etag, etag.slice(2), `"x", ${etag}`, "*"]) {
        const response = await get(tag);
        assert.equal(response.status, 304, tag);
        assert.equal(await response.text(), "");
        assert.deepEqual([response.headers.get("etag"), response.headers.get("cache-control")], [
          etag,
          "private, no-cache",
        ]);
      }
      assert.equal((await get('"x"')).status, 200);
      await call("rooms.create", { name: `new ${kind}`, visibility: "public" }, { cookie });
      assert.equal((await get(etag)).status, 200);
    }
    assert.equal(notModified(undefined, '"a"'), false);
  }));

Deno.test("a feed token opens these two addresses only, until another is made or its person is deactivated", () =>
  withFeed(async ({ ask, call, cookie, token, rotate, id, services }) => {
    const invite = (await (await call("invites.create", {}, { cookie })).json()).invite;
    const joined = await call("auth.signUp", { invite, name: "Mia", handle: "mia", password: PASSWORD });
    const mine = joined.headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const { user: { id: mia } } = await joined.json();
    const access = (await (await call("tokens.create", { name: "t" }, { cookie })).json()).token;
    const status = async (text: string) => {
      const [json, atom] = await Promise.all(["json", "atom"].map((kind) => ask(`/feed.${kind}${text}`)));
      assert.equal(json?.status, atom?.status);
      for (const it of [json, atom]) assert.equal(it?.headers.get("cache-control"), "private, no-cache");
      return json?.status;
    };
    assert.equal(await status(`?token=${token}`), 200);
    for (const wrong of ["", "?token=", "?token=none", `?token=${access}`, `?token=${cookie.split("=")[1]}`]) {
      assert.equal(await status(wrong), 401, wrong);
    }
    assert.equal((await ask("/feed.json", { headers: { cookie } })).status, 401, "the secret, not the cookie");
    const authorization = `Bearer ${token}`;
    assert.equal((await call("auth.me", {}, { authorization })).status, 401);
    assert.equal((await call("auth.me", {}, { cookie: `rivulet_session_8000=${token}` })).status, 401);
    assert.equal((await ask(`/live/sse?v=1&streams=feed&token=${token}`, { headers: { authorization } })).status, 401);
    assert.equal((await call("feedTokens.rotate", {}, { authorization: `Bearer ${access}` })).status, 403);

    const next = await rotate(cookie);
    assert.deepEqual([await status(`?token=${token}`), await status(`?token=${next}`)], [401, 200]);
    assert.notEqual((await services.auth.identifyFeedToken(next))?.id, undefined);
    const theirs = await rotate(mine);
    assert.deepEqual([await status(`?token=${theirs}`), await status(`?token=${next}`)], [200, 200]);
    await call("users.deactivate", { user: mia }, { cookie });
    assert.equal(await status(`?token=${theirs}`), 401);
    await call("users.reactivate", { user: mia }, { cookie });
    assert.equal(await status(`?token=${theirs}`), 401, "for good");
    assert.equal((await services.auth.identifyFeedToken(next))?.id, id);
    const stored = await services.db.list({ prefix: ["feed_token"] }, { limit: 9 });
    assert(!JSON.stringify(stored).includes(next), "hashed");
  }));
