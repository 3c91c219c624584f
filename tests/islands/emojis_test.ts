import assert from "node:assert/strict";
import { emojiOf, findEmojis, groups } from "../../islands/room/messages/emojis.ts";
import { createUsedEmojis } from "../../islands/room/messages/used_emojis.ts";
import { emoji } from "../../lib/protocol/messages.ts";

const all = groups.flatMap((it) => it.emojis);

Deno.test("every emoji that is offered is one for the server, once, with a name", () => {
  for (const it of all) {
    assert.ok(emoji.safeParse(it.emoji).success, `${it.emoji} ${it.name}`);
    assert.match(it.name, /^[A-Z]/, it.emoji);
  }
  assert.equal(new Set(all.map((it) => it.emoji)).size, all.length);
  assert.ok(all.length > 100 && all.length < 250, `${all.length}`);
});

Deno.test("emoji are found by the beginning of their name or another word, those of the name first", () => {
  assert.equal(findEmojis("thumbs")[0]?.emoji, "👍");
  assert.ok(findEmojis(" SHIP ").some((it) => it.emoji === "🚀"));
  assert.deepEqual(findEmojis("heart").slice(0, 2).map((it) => it.name), ["Heart", "Heart eyes"]);
  // As other chats call them.
  for (const [word, found] of [["+1", "👍"], ["-1", "👎"], ["tada", "🎉"], ["100", "💯"], ["pray", "🙏"]] as const) {
    assert.equal(findEmojis(word)[0]?.emoji, found, word);
  }
  assert.deepEqual(findEmojis("zzz"), []);
  assert.deepEqual(emojiOf("🧿"), { emoji: "🧿", name: "🧿", words: "" });
});

Deno.test("the most used come first, bounded, and are there again", () => {
  localStorage.clear();
  const used = createUsedEmojis("ann");
  assert.equal(used.most().length, 8);
  for (let n = 0; n < 3; n++) used.use("🐢");
  used.use("🦆");
  assert.deepEqual(used.most().slice(0, 2), ["🐢", "🦆"]);
  for (const it of all) used.use(it.emoji);
  const [last] = all.slice(-1);
  assert.equal(createUsedEmojis("ann").most()[0], "🐢");
  assert.ok(localStorage.getItem("rivulet:emoji:ann")?.includes(last?.emoji ?? "?"), "what is new displaces");
  assert.ok((localStorage.getItem("rivulet:emoji:ann") ?? "").split("\n").length <= 32);
  assert.notEqual(createUsedEmojis("bo").most()[0], "🐢");
  localStorage.clear();
});
