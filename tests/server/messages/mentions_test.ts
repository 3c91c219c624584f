/** Whom a text mentions, and what of it is tinted: both are read off one parse. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { parseBody } from "../../../lib/server/messages/markdown.ts";
import { type FindPeople, mentioned } from "../../../lib/server/messages/mentions.ts";
import { parseText } from "../../../lib/server/messages/parse.ts";
import type { Block, Inline } from "../../../lib/protocol/body.ts";
import { newKey, withWorkspace } from "../../support/services.ts";

/** Some have handles of before, which end with a mark. */
const handles = ["ann", "ann.", "ann-bob", "ann_b", "bo", "1.2", "7", "a.b-c_d", "eve-"];
const find: FindPeople = (_room, asked) =>
  Promise.resolve(Object.fromEntries(asked.filter((it) => handles.includes(it)).map((it) => [it, `id of ${it}`])));

const tintedIn = (nodes: readonly (Block | Inline)[]): string[] =>
  nodes.flatMap((node) => {
    if (typeof node === "string") return [];
    if (node.t === "at") return [`${node.text}=${node.user.slice("id of ".length)}`];
    return "c" in node ? tintedIn(node.c) : [];
  });

/** What is tinted, having made sure that these are the people who are notified. */
async function named(text: string): Promise<string[]> {
  const { body, ids, people } = await mentioned("room", parseText(text), find);
  const tinted = tintedIn(body);
  assert.deepEqual(new Set(ids), new Set(tinted.map((it) => `id of ${it.split("=")[1]}`)), text);
  assert.deepEqual(parseBody(text, people), body, `parsed anew: ${text}`);
  return tinted;
}

Deno.test("what ends with a mark before a handle is no mail address, unless it is a word of letters with marks", async () => {
  const before = ["❤️", "☀️", "✔️", "1️⃣", "©️", "👍🏽", "🇫🇷", "👩‍🚀", "สวัสดี", "नमस्ते", "வணக்கம்", "か\u3099", "שָׁ", "‼️", "́"];
  for (const it of before) assert.deepEqual(await named(`${it}@ann`), ["@ann=ann"], it);
  for (const it of ["jose\u0301", "e\u0301\u0323", "й"]) assert.deepEqual(await named(`${it}@ann`), [], it);
});

Deno.test("a handle names its person in every position", async () => {
  const around = [
    "H",
    "H.",
    "H!",
    "H?",
    "H,",
    "H;",
    "H:",
    "H…",
    "H...",
    "H--",
    "H—",
    "H-",
    "H's",
    "H)",
    "(H)",
    "[H]",
    "{H}",
    '"H"',
    "“H”",
    "«H»",
    "'H'",
    "<H>",
    "H/x",
    "a/H",
    ".H",
    "-H",
    "…H",
    "—H",
    "...H",
    "_H",
    "1.H",
    "3H",
    "1.2.3H",
    "10-4.H",
    "cc:H",
    "hi.H",
    "x-H",
    "=H",
    "+H",
    "&H",
    "|H|",
    "_H_",
    "__H__",
    "*H*",
    "**H**",
    "***H***",
    "~~H~~",
    "_**H**_",
    "~~_H_~~",
    "_see H_",
    "_H_.",
    "_H_,",
    "(_H_)",
    "**H:** x",
    "_H, ok_",
    "x _H_ y",
    "# H",
    "> H",
    "- H",
    "1. H",
    "> - **H**",
    "a\nH\nb",
    "a  \nH",
    "H\n",
    "こんにちはHさん",
    "H、",
    "。H",
    "「H」",
    "H（笑）",
    "你好H你好",
    "안녕H님",
    "H@ann",
    "H H",
    "\\_H\\_",
    "&#64;bo",
    "🌊H🌊",
    "\u200bH",
  ];
  for (const text of around) {
    const found = await named(text.replaceAll("H", "@Bo"));
    assert.match(found[0] ?? "none", /^@bo=bo$/i, text);
  }
});

Deno.test("a handle names nobody else: the longest one there is wins, and what is another name is none", async () => {
  const cases: [string, string[]][] = [
    ["@ann-bob", ["@ann-bob=ann-bob"]],
    ["@ann-bo", []],
    ["@annx @ann2 @anna", []],
    ["@ann.x", []],
    ["@ann_b, @ann_", ["@ann_b=ann_b", "@ann=ann"]],
    ["_@ann_b_", ["@ann_b=ann_b"]],
    ["__@ann_b__", ["@ann_b=ann_b"]],
    ["@1.2.", ["@1.2=1.2"]],
    ["@1.2.3", []],
    ["@7", ["@7=7"]],
    ["@a.b-c_d…", ["@a.b-c_d=a.b-c_d"]],
    ["@ann--see", ["@ann=ann"]],
    ["@bo...and @bo.", ["@bo=bo", "@bo=bo"]],
    ["@eve-", ["@eve-=eve-"]],
    ["@eve", []],
    ["@annä @annа @ann\u0301 @ann１ @ann\u200bx", []],
    ["mail@ann mail@ann.example josé@ann a1@ann a.b@ann почта@ann", []],
    ["`@ann` ``@ann`` [@ann](https://a.test) https://a.test/@ann", []],
    ["```\n@ann\n```", []],
    ["    @ann", ["@ann=ann"]], // trimmed
    [`@${"a".repeat(41)} @${"ann".padEnd(80, "x")}`, []],
    ["@ @. @_ @@", []],
  ];
  for (const [text, expected] of cases) assert.deepEqual(await named(text.trim()), expected, text);
});

Deno.test("a handle of before that ends with a mark is called by it, and only by it", async () => {
  assert.deepEqual(await named("@ann. @ann, @ann"), ["@ann.=ann.", "@ann=ann", "@ann=ann"]);
});

Deno.test("whoever is tinted is notified, whatever the text", async () => {
  const piece = fc.constantFrom(
    "@ann",
    "@ann-bob",
    "@ann.",
    "@bo",
    "@",
    "ann",
    ".",
    "-",
    "_",
    "__",
    "*",
    "**",
    "~~",
    "`",
    " ",
    "\n",
    "> ",
    "- ",
    "1. ",
    "# ",
    "[",
    "](https://a.test)",
    "https://a.test/",
    "é",
    "好",
    "…",
    "1",
    "\\",
    "&amp;",
    "(",
    ")",
    "x",
  );
  const texts = fc.array(piece, { minLength: 1, maxLength: 14 }).map((pieces) => `.\n\n${pieces.join("")}`);
  await fc.assert(fc.asyncProperty(texts, async (text) => void await named(text)), { numRuns: 3_000 });
});

Deno.test("more mentions than a body has room for leave it whole, and tint whom they notify", async () => {
  const { body, ids } = await mentioned("room", parseText("@ann @bo ".repeat(1_700).trim()), find);
  assert.deepEqual(ids, ["id of ann", "id of bo"]);
  const [first] = body;
  assert.ok(first?.t === "p" && first.c.length <= 2_000 && tintedIn(body).length > 900);
});

Deno.test("a person with a handle of before signs in by it, is called by it, and keeps it", () =>
  withWorkspace(async ({ owner, join, services }) => {
    const [ann, dot] = [await join("ann"), await join("dot")];
    const user = { ...dot.user, handle: "ann." };
    const stored = await services.db.get(keys.user(user.id));
    assert.ok(stored.value);
    await services.db.commit({
      sets: [setAt(keys.user(user.id), { ...stored.value, handle: "ann." }), setAt(keys.handle("ann."), user.id)],
    });
    const room = (await owner.call("rooms.list", {})).rooms[0]?.room.id ?? "";
    const mentionsOf = async (text: string) =>
      (await owner.call("messages.send", { room, text, key: newKey() })).message.mentions;
    assert.deepEqual(await mentionsOf("thanks @ann."), [user.id]);
    assert.deepEqual(await mentionsOf("thanks @ann, _@ann_ (@ann)"), [ann.user.id]);
    assert.equal((await services.users.accountByHandle("ann."))?.user.id, user.id);
  }));

Deno.test("an @ that names nobody costs a message one read", () =>
  withWorkspace(async ({ owner, services: { db } }) => {
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const say = (text: string) => owner.call("messages.send", { room: room.id, text, key: newKey() });
    await say("first"); // what is read of the room and the person is known from here on
    let reads = 0;
    const { get, getMany } = db;
    db.get = (key) => {
      reads++;
      return get(key);
    };
    db.getMany = (keys) => {
      reads++;
      return getMany(keys);
    };
    await say("second");
    assert.equal(reads, 0);
    await say("@nobody and @noone are away");
    assert.equal(reads, 1);
  }));
