/**
 * The room page as HTML: what it shows, what it hides, and that it works without script (lib/protocol/README.md §1,
 * §6).
 */
import assert from "node:assert/strict";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import { pageData } from "../../lib/ui/room/page_data.ts";
import { newKey } from "../support/services.ts";
import { form, withFixture } from "./fixture.ts";

const HTML_MAX_BYTES = 20 * 1_024; // islands/README.md, Budgets; as a server compresses on its way
const WIRE_QUALITY = 5;
const UNREAD = 150; // more than a page has

function dataOf(html: string) {
  const [, json = ""] = /<script type="application\/json" id="page-data"[^>]*>(.*?)<\/script>/.exec(html) ?? [];
  return pageData.parse(JSON.parse(json));
}

/** Seqs of the rows that are rendered. */
function rowsOf(html: string): number[] {
  return [...html.matchAll(/data-row="(\d+)"/g)].map(([, seq]) => Number(seq));
}

Deno.test("the room page shows the newest messages in order, and carries them for its island", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const response = await ask(`/rooms/${gauges}`, { as: owner });
    const html = await response.text();
    assert.equal(response.status, 200);
    const data = dataOf(html);
    assert.deepEqual(rowsOf(html), data.page.messages.map((it) => it.seq));
    assert.equal(data.page.messages.length, 10);
    assert.equal(data.room, gauges);
    assert.equal(data.me.id, owner.user.id);
    assert.deepEqual(data.members[gauges]?.length, 6);
    assert.match(html, /<title>#gauges · Northfell<\/title>/);
    assert.match(html, /New · 3 messages since Tuesday 25 November 2025 09:44/);
    assert.match(html, /<form class="composer" method="post" action="\/rooms\/\w+"/);
    assert.doesNotMatch(html, / style="/);
  });
});

Deno.test("times are in the zone that the browser sent", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const cookie = `rivulet_session_80=${owner.token}; zone=Europe%2FBerlin`;
    assert.match(
      await (await ask(`/rooms/${gauges}`, { headers: { cookie } })).text(),
      /since Tuesday 25 November 2025 10:44/,
    );
    const odd = await ask(`/rooms/${gauges}`, {
      headers: { cookie: `rivulet_session_80=${owner.token}; zone=%3Cb%3E` },
    });
    assert.match(await odd.text(), /since Tuesday 25 November 2025 09:44/);
  });
});

Deno.test("what people write cannot end the page's script, nor become markup", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const text = "</script><script>alert(1)</script><!--";
    await owner.call("messages.send", { room: gauges, text, key: newKey() });
    const html = await (await ask(`/rooms/${gauges}`, { as: owner })).text();
    assert.doesNotMatch(html, /<script>alert/);
    assert.equal(dataOf(html).page.messages.at(-1)?.text, text);
  });
});

Deno.test("without script a message is sent by the form, once however often it is posted", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const html = await (await ask(`/rooms/${gauges}`, { as: owner })).text();
    const [, key = ""] = /name="key" value="([^"]+)"/.exec(html) ?? [];
    for (let i = 0; i < 2; i++) {
      const sent = await ask(`/rooms/${gauges}`, { ...form({ text: "From a form", key }), as: owner });
      assert.deepEqual([sent.status, sent.headers.get("location")], [303, `/rooms/${gauges}`]);
    }
    const after = dataOf(await (await ask(`/rooms/${gauges}`, { as: owner })).text());
    assert.equal(after.page.messages.filter((it) => it.text === "From a form").length, 1);
  });
});

Deno.test("without script links lead to the first message and back to the newest, and leave none out", async () => {
  await withFixture(async ({ ask, gauges, people: { jun } }) => {
    assert.ok(jun);
    for (let at = 0; at < UNREAD; at++) {
      await jun.call("messages.send", { room: gauges, text: `Number ${at}`, key: newKey() });
    }
    const walk = async (words: string, from: string): Promise<[Set<number>, string]> => {
      const seqs = new Set<number>();
      let path: string | undefined = from;
      let last = from;
      for (let steps = 0; path !== undefined && steps < UNREAD; steps++) {
        last = path;
        const html: string = await (await ask(path, { as: jun })).text();
        rowsOf(html).forEach((seq) => seqs.add(seq));
        path = new RegExp(`<a class="btn" href="([^"]+)">${words}`).exec(html)?.[1];
      }
      return [seqs, last];
    };
    const [back, first] = await walk("Older messages", `/rooms/${gauges}`);
    const [forth] = await walk("Newer messages", first);
    assert.equal(back.size, UNREAD + 10);
    assert.deepEqual([...forth].sort(), [...back].sort());
  });
});

Deno.test("a message that is refused stays in the field, with the reason", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const key = newKey();
    const response = await ask(`/rooms/${gauges}`, { ...form({ text: "x".repeat(16_001), key }), as: owner });
    const html = await response.text();
    assert.equal(response.status, 400);
    assert.match(html, /role="alert"[^>]*>.*Message is longer than 16,000 characters\./);
    assert.match(html, /<textarea[^>]*>x{16001}<\/textarea>/);
    assert.ok(html.includes(`name="key" value="${key}"`), "trying again is the same message");
    const long = "漢".repeat(16_000); // 144 KB as a form has it
    const taken = await ask(`/rooms/${gauges}`, { ...form({ text: long, key }), as: owner });
    assert.equal(taken.status, 303);
  });
});

Deno.test("a permalink shows the messages about its own, and none that is not there", async () => {
  await withFixture(async ({ ask, gauges, people: { owner } }) => {
    const { messages } = await owner.call("messages.list", { room: gauges });
    const third = messages[2]?.seq ?? 0;
    const html = await (await ask(`/rooms/${gauges}/${third}`, { as: owner })).text();
    assert.equal(dataOf(html).landing, third);
    assert.match(html, new RegExp(`class="msg[^"]* is-on"[^>]*data-row="${third}"`));
    for (const seq of ["1", "999999", "0", "-1", "x", "99999999999999999999", "1e3"]) {
      const response = await ask(`/rooms/${gauges}/${seq}`, { as: owner });
      assert.equal(response.status, 404, seq);
      await response.body?.cancel();
    }
  });
});

Deno.test("a room that one may not see answers like one that is not there", async () => {
  await withFixture(async ({ ask, people: { owner, maren } }) => {
    const { rooms } = await owner.call("rooms.list", {});
    const board = rooms.find((line) => line.room.name === "board")?.room.id ?? "";
    const bare = async (path: string) => {
      const response = await ask(path, { as: maren });
      const headers = [...response.headers].filter(([name]) => !/x-request-id|content-security-policy/.test(name));
      return [response.status, headers, (await response.text()).replaceAll(/nonce="[^"]*"/g, "")];
    };
    const hidden = await bare(`/rooms/${board}`);
    assert.deepEqual(hidden, await bare("/rooms/0000000000000000"));
    assert.deepEqual(hidden, await bare(`/rooms/${"0".repeat(65)}`));
    assert.equal(hidden[0], 404);
    assert.deepEqual(await bare(`/rooms/${board}/1`), await bare("/rooms/0000000000000000/1"));
  });
});

Deno.test("whoever is signed out is sent to sign in, and back", async () => {
  await withFixture(async ({ ask, gauges }) => {
    const to = async (path: string, init?: RequestInit) => {
      const response = await ask(path, init);
      return [response.status, response.headers.get("location")];
    };
    const room = encodeURIComponent(`/rooms/${gauges}`);
    assert.deepEqual(await to(`/rooms/${gauges}`), [302, `/sign-in?next=${room}`]);
    assert.deepEqual(await to(`/rooms/${gauges}`, form({ text: "x", key: newKey() })), [303, `/sign-in?next=${room}`]);
    assert.deepEqual(await to(`/rooms/${gauges}/join`, form({})), [303, `/sign-in?next=${room}`]);
    assert.deepEqual(await to("/settings"), [302, "/sign-in?next=%2Fsettings"]);
    assert.deepEqual(await to("/"), [302, "/sign-in"]);
  });
});

Deno.test("a visitor reads a public room, joins by a form, and only then may write", async () => {
  await withFixture(async ({ ask, people: { owner } }) => {
    const { rooms } = await owner.call("rooms.list", {});
    const lunch = rooms.find((line) => line.room.name === "lunch")?.room.id ?? "";
    const html = await (await ask(`/rooms/${lunch}`, { as: owner })).text();
    assert.match(html, /action="\/rooms\/\w+\/join"/);
    assert.doesNotMatch(html, /<textarea/);
    const early = await ask(`/rooms/${lunch}`, { ...form({ text: "Soup", key: newKey() }), as: owner });
    assert.equal(early.status, 403);
    const refused = await early.text();
    assert.match(refused, /role="alert".*You(&#39;|')re not in this room\./);
    assert.match(refused, /<textarea[^>]*>Soup<\/textarea>/, "what was typed is there to be copied");
    const joined = await ask(`/rooms/${lunch}/join`, { ...form({}), as: owner });
    assert.deepEqual([joined.status, joined.headers.get("location")], [303, `/rooms/${lunch}`]);
    assert.match(await (await ask(`/rooms/${lunch}`, { as: owner })).text(), /<textarea/);
  });
});

Deno.test("an archived room says so instead of a form; who runs it takes it out of the archive by one", async () => {
  await withFixture(async ({ ask, gauges, people: { owner, ilya } }) => {
    await owner.call("rooms.archive", { room: gauges });
    const theirs = await (await ask(`/rooms/${gauges}`, { as: ilya })).text();
    assert.match(theirs, /Archived\. You can read it, not post\./);
    assert.doesNotMatch(theirs, /<textarea|>Unarchive</);
    const path = `/rooms/${gauges}/unarchive`;
    assert.match(
      await (await ask(`/rooms/${gauges}`, { as: owner })).text(),
      new RegExp(`action="${path}".*>Unarchive<`),
    );
    assert.equal((await ask(path, { ...form({}), as: ilya })).status, 403);
    assert.equal((await ask(path, { ...form({}), as: owner })).status, 303);
    assert.match(await (await ask(`/rooms/${gauges}`, { as: owner })).text(), /<textarea/);
  });
});

Deno.test("with more unread than a page holds, the page is about the first unread message", async () => {
  await withFixture(async ({ ask, gauges, people: { owner, ilya } }) => {
    await owner.call("reads.mark", { room: gauges, seq: 0, back: true });
    for (let i = 0; i < UNREAD; i++) {
      await ilya.call("messages.send", { room: gauges, text: `more ${i}`, key: newKey() });
    }
    await owner.call("rooms.update", { room: gauges, topic: "an event that is no message" });
    const html = await (await ask(`/rooms/${gauges}`, { as: owner })).text();
    const { page } = dataOf(html);
    assert.equal(page.messages[0]?.n, 1);
    assert.equal(page.moreAfter, true);
    assert.match(html, new RegExp(`New · ${UNREAD + 10} messages since`)); // Mine is among them, as in the sidebar.
  });
});

Deno.test("/ leads to the last room, else to the one that everybody starts in", async () => {
  await withFixture(async ({ ask, gauges, workspace, people: { owner } }) => {
    const lobby = (await workspace.services.auth.workspace())?.lobby;
    assert.equal((await ask("/", { as: owner })).headers.get("location"), `/rooms/${lobby}`);
    const visit = await ask(`/rooms/${gauges}`, { as: owner });
    await visit.body?.cancel();
    assert.match(visit.headers.getSetCookie().join(), new RegExp(`room_80=${gauges}`));
    const cookie = `rivulet_session_80=${owner.token}; room_80=${gauges}`;
    assert.equal((await ask("/", { headers: { cookie } })).headers.get("location"), `/rooms/${gauges}`);
    const stale = `rivulet_session_80=${owner.token}; room_80=0000000000000000`;
    assert.equal((await ask("/", { headers: { cookie: stale } })).headers.get("location"), `/rooms/${lobby}`);
  });
});

Deno.test("the page with 50 messages stays within 20 KB on the wire", async () => {
  await withFixture(async ({ ask, gauges, people: { owner, ilya } }) => {
    for (let i = 0; i < 50; i++) {
      const person = i % 3 === 0 ? owner : ilya;
      const text = `Reading ${i}: stage ${(i * 37) % 211} mm, battery ${(i * 7) % 13}.${i % 10} V, see station ${
        i * 13
      }.`;
      await person.call("messages.send", { room: gauges, text, key: newKey() });
    }
    const html = await (await ask(`/rooms/${gauges}`, { as: owner })).text();
    assert.ok(rowsOf(html).length >= 50);
    const small = await promisify(brotliCompress)(html, { params: { [constants.BROTLI_PARAM_QUALITY]: WIRE_QUALITY } });
    assert.ok(small.length <= HTML_MAX_BYTES, `${small.length} bytes`);
  });
});
