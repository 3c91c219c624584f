import assert from "node:assert/strict";
import * as field from "../../lib/protocol/fields.ts";

Deno.test("a message's text has 1 to 16,000 UTF-16 units, whatever characters they make", () => {
  const fits = (text: string) => field.text.safeParse(text).success;
  assert.deepEqual(["x".repeat(16_000), "😀".repeat(8_000), ` ${"x".repeat(16_000)}\r\n`].map(fits), [
    true,
    true,
    true,
  ]);
  assert.deepEqual(["x".repeat(16_001), `${"😀".repeat(8_000)}x`, " \r\n"].map(fits), [false, false, false]);
});

Deno.test("a handle's case is ignored; a character that only becomes one of its own by that is refused", () => {
  assert.equal(field.handle.parse("Ann.B-9_x"), "ann.b-9_x");
  for (const wrong of ["", "a b", "ä", "\u212Ann", "a".repeat(41), "@ann"]) {
    assert.equal(field.handle.safeParse(wrong).success, false, wrong);
  }
});

Deno.test("a handle begins and ends with a letter or digit, so that marks around it are no part of it", () => {
  for (const right of ["a", "7", "a1", "1.2", "a--b", "a.b-c_d", "a".repeat(40)]) {
    assert.equal(field.handle.parse(right), right);
  }
  for (const mark of [".", "-", "_", "...", "-_"]) {
    for (const wrong of [mark, `ann${mark}`, `${mark}ann`, `${mark}ann${mark}`]) {
      assert.equal(field.handle.safeParse(wrong).success, false, wrong);
    }
  }
});

const isName = (text: string) => field.name.safeParse(text).success;
const isTopic = (text: string) => field.topic.safeParse(text).success;

Deno.test("a name has nothing that is not seen: no control, bidi, format or blank characters", () => {
  const unseen = [
    ..."\0\x07\x1b\x7f\x85\x9b", // controls
    ..."\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200e\u200f\u061c", // bidi
    ..."\u00ad\u200b\u200c\u200d\u2060\u2061\u2064\u206a\u206f\u180e\ufff9\ufffb", // format
    ..."\u034f\u115f\u1160\u17b4\u3164\uffa0\u2800\ufffc\ufe0e\ufe0f\ufe00\u180b", // draw nothing, or a form of what is not there
    "\u{1d159}",
    "\u{1bca0}",
    "\u{e0001}",
    "\u{e0041}",
    "\u{e0100}",
    "\ue000", // what it is, each font says
    "\u{f0000}",
    "\ufdd0",
    "\uffff",
  ];
  for (const one of unseen) {
    for (const text of [one, `Ann${one}`, `A${one}nn`, `${one}Ann`, `Ann ${one} B`, `李${one}${one}`]) {
      if (text.includes("李") && /[\ufe00\u{e0100}]/u.test(text)) continue; // a form of 李
      assert.equal(isName(text), false, JSON.stringify(text));
      assert.equal(isTopic(text), false, JSON.stringify(text));
    }
  }
  for (const text of ["\u0301Ann", "a\u0300\u0301\u0302\u0303\u0304", "z\u0335\u0336\u0337\u0338"]) {
    assert.equal(isName(text), false, JSON.stringify(text));
  }
});

Deno.test("a name may be written in any script, with the joiners and marks that it needs, and with emoji", () => {
  for (
    const text of [
      "Noor Haddad",
      "O’Brien-Smith, Jr.",
      "Ngọc Lê",
      "李雷",
      "葛\u{e0100}城", // a form of the first ideograph
      "علی\u200cرضا", // Persian
      "क्\u200dष", // Devanagari, the half form
      "ශ්\u200dරී", // Sinhala
      "ണ്\u200d", // Malayalam chillu, the old way
      "བརྒྱུད",
      "ᠮᠣᠩᠭᠣᠯ",
      "สวัสดี",
      "שָׁלוֹם",
      "🌊",
      "❤️",
      "👩🏽‍🚀 crew",
      "👨‍👩‍👧‍👦",
      "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
      "🏳️‍🌈",
      "1️⃣",
      "C++",
      "#1",
      "¯\\_(ツ)_/¯",
      "100 %",
      "(｡◕ ∀ ◕｡)",
      "( ͡° ͜ʖ ͡°)",
    ]
  ) {
    assert.equal(field.name.parse(text), text.normalize("NFC"));
    assert.equal(field.topic.parse(text), text.normalize("NFC"));
  }
});

Deno.test("a name has a letter, a digit or an emoji; a topic may have none", () => {
  for (const text of ["...", "-", "_", "!?", "—", "***", "…", "“”", "、。", "$", "+", "^_^", "~~", "|", "·"]) {
    assert.equal(isName(text), false, text);
    assert.equal(isTopic(text), true, text);
  }
  assert.equal(field.topic.parse(" \n "), "");
});

Deno.test("a name is one line, composed before it is measured", () => {
  assert.equal(field.name.parse(" Zoe\u0308\n\u3000 \u00a0K "), "Zoë K");
  assert.equal(field.topic.parse("a\r\nb\tc\u2028d"), "a b c d");
  assert.equal(field.name.parse("e\u0301".repeat(80)).length, 80);
  assert.equal(isName("é".repeat(81)), false);
});
