/** A message that would draw nothing is empty, when it is sent and when it is edited. */
import assert from "node:assert/strict";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { newKey, withWorkspace } from "../../support/services.ts";

const nothing = [
  "\u200b",
  "\u200b\u200d\u2060",
  "\ufeff",
  "\u00ad",
  "\u061c",
  "\u200e\u200f",
  "\u202e\u202c",
  "\u2066\u2069",
  "\u180e",
  "\u034f",
  "\ufe0f",
  "\u{e0041}\u{e007f}",
  "\u2800",
  "\u2800 \u2800",
  "\u3164",
  "\u115f\u1160",
  "\uffa0",
  "\ufffc",
  "\u0301",
  "\u200b\u0301",
  "\0",
  "\u0007",
  "\u0085",
  "&nbsp;",
  "&#8203;",
  "&#x2800;",
  "&zwnj;&shy;",
  "&emsp;",
  "&#12644;",
  "&#0000032;",
  ">",
  "> >",
  ">\n>",
  "> \u200b",
  "- -",
  "- \u200b\n- &nbsp;",
  "#",
  "######",
  "# \u200b",
  "#\n#",
  "```\n```",
  "```",
  "~~~",
  "```js\n```",
  "```\n \n\u200b\n```",
  "` `",
  "`\u200b`",
  "**\u200b**",
  "_\u2060_",
  "~~&nbsp;~~",
  "\u200b\\\n\u200b",
  "[](https://a.test)",
  "[\u200b](https://a.test)",
  "[ ](mailto:a@b.test) [](HTTPS://b.test)",
];
const something = [
  "+",
  "-",
  "*",
  ".",
  "[](x)",
  "[]()",
  "1.",
  "5. ",
  "---",
  "***",
  "\\",
  "`x`",
  "🌊",
  "⁣x",
  "\u200bx",
  "é",
  "e\u0301",
  "ก็",
  "नि",
  "👩‍👩‍👧‍👦",
  "🏴󠁧󠁢󠁥󠁮󠁧󠁿",
  "&amp;",
  "&lt;",
  "> .",
  "- .",
  "# .",
  "```\n.\n```",
  "<!-- -->",
  "<b></b>",
  "[a]: b",
  "[]",
  "[]()x",
  "[x](y)",
  "[](x) and more",
  "![](x)",
  "\ue000",
];

Deno.test("messages.send and messages.edit refuse what draws nothing, and take what draws something", () =>
  withWorkspace(async ({ owner }) => {
    const room = (await owner.call("rooms.list", {})).rooms[0]?.room.id ?? "";
    const send = (text: string) => owner.call("messages.send", { room, text, key: newKey() });
    const { message: { seq } } = await send("words");
    const wrong: string[] = [];
    for (const text of nothing) {
      for (
        const [verb, tried] of [["send", () => send(text)], [
          "edit",
          () => owner.call("messages.edit", { room, seq, text }),
        ]] as const
      ) {
        const refusal = await tried().then(() => undefined, (error) => error);
        if (refusal instanceof Refusal && refusal.detail === `Cannot ${verb} message: text is empty`) {
          assert.deepEqual([refusal.code, refusal.extra.issues], ["invalid", [{ path: "text", message: "is empty" }]]);
        } else wrong.push(`${verb} ${JSON.stringify(text)}: ${refusal}`);
      }
    }
    assert.deepEqual(wrong, []);
    for (const text of something) assert.ok((await send(text)).message.body.length > 0, text);
    assert.equal((await owner.call("messages.get", { room, seq })).message.text, "words");
  }));
