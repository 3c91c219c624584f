import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { Refusal } from "../../../lib/protocol/errors.ts";
import { createSlices, SLICE_MS } from "../../../lib/server/limits/slices.ts";
import { createParser } from "../../../lib/server/messages/parser.ts";
import { createParseWritten } from "../../../lib/server/messages/written.ts";

const NONE = new URL("./no_such_worker.ts", import.meta.url); // these texts are short: none is asked

Deno.test("texts of one person are parsed in order, a turn of the loop between two; another's gets in between", async () => {
  let clock = 0;
  const { inSlices } = createSlices(() => clock += SLICE_MS); // each text takes a whole slice
  const parse = createParseWritten(createParser({ entry: NONE, inSlices }));
  const done: string[] = [];
  const write = (user: string, text: string) => parse(user, `*${text}*`, "send message").then(() => done.push(text));
  const isOver = { value: false };
  const turns = (async () => {
    while (!isOver.value) {
      await setImmediate();
      done.push("|");
    }
  })();
  await Promise.all([..."abcdefgh"].map((text) => write("eve", text)).concat(write("ann", "X")));
  isOver.value = true;
  await turns;
  const order = done.join("");
  assert.equal(order.replaceAll(/[X|]/g, ""), "abcdefgh");
  assert.match(order, /^\|*a\|+(X\|+b|b\|+X)\|+c(\|+[d-h]){5}\|*$/);
});

Deno.test("a line of words waits for no turn of the loop, and overtakes nothing of the same person's", async () => {
  let clock = 0;
  const { inSlices } = createSlices(() => clock += SLICE_MS);
  const parse = createParseWritten(createParser({ entry: NONE, inSlices }));
  const done: string[] = [];
  const write = (user: string, text: string) => parse(user, text, "send message").then(() => done.push(text));
  const all = Promise.all([write("eve", "*a*"), write("eve", "*b*"), write("eve", "c"), write("ann", "d")]);
  await Promise.resolve().then(() => {});
  assert.deepEqual(done.filter((it) => it === "d"), ["d"]);
  await all;
  assert.deepEqual(done.filter((it) => it !== "d"), ["*a*", "*b*", "c"]);
});

Deno.test("a text of which nothing would be seen is refused, and holds up none behind it", async () => {
  const parse = createParseWritten(createParser({ entry: NONE }));
  const [empty, next] = await Promise.allSettled([
    parse("eve", "\u200b", "send message"),
    parse("eve", "*a*", "send message"),
  ]);
  assert.ok(empty.status === "rejected" && empty.reason instanceof Refusal && empty.reason.code === "invalid");
  assert.ok(next.status === "fulfilled");
  assert.deepEqual(next.value.body, [{ t: "p", c: [{ t: "em", c: ["a"] }] }]);
});
