import assert from "node:assert/strict";
import fc from "fast-check";
import { decode, encode, sizeOf, VALUE_MAX } from "../../../lib/server/kv/codec.ts";
import { TEXT_MAX } from "../../../lib/protocol/fields.ts";
import { newKey, withWorkspace } from "../../support/services.ts";

const id = (at: number) => `id${String(at).padStart(18, "0")}`;

// Bytes that were written once are on disks: these two tests only ever get more lines.
const plain: [string, unknown][] = [
  ["01" + hex(`{"seq":7,"text":"Zoë ☂","people":{}}`), { seq: 7, text: "Zoë ☂", people: {} }],
  ["01" + hex("true"), true],
  ["01" + hex("1764000000000"), 1764000000000],
  ["01" + hex(`"a\\ud800b"`), "a\ud800b"],
];
Deno.test("encode() writes a first byte of 1, then JSON in UTF-8", () => {
  for (const [stored, value] of plain) assert.equal(encode(value).toHex(), stored);
});

Deno.test("decode() reads what any version has written", () => {
  for (const [stored, value] of plain) assert.deepEqual(decode(Uint8Array.fromHex(stored)), value);
  assert.deepEqual(decode(Uint8Array.fromHex("02" + hex('"a\u0001\\n\\\\u0002é"'))), "a\u0001\n\\u0002é");
});

Deno.test("control characters are written as they are where the value would be over 60 KiB, and come back", () => {
  const controls = String.fromCharCode(...Array(0xa0).keys());
  const value = { text: `${controls}\\\\u0001\\u0001\\\u0001\ud800`.repeat(100), [controls]: "\0".repeat(10_000) };
  const stored = encode(value);
  assert.equal(stored[0], 2);
  assert.ok(stored.byteLength < 40_000, `${stored.byteLength}`);
  assert.deepEqual(decode(stored), value);
});

Deno.test("decode() throws for a form that it doesn't know, and for what isn't UTF-8", () => {
  assert.throws(() => decode(Uint8Array.of(3, 0x7b, 0x7d)), /Cannot read a stored value: its form is 3/);
  assert.throws(() => decode(new Uint8Array()), /Cannot read a stored value/);
  assert.throws(() => decode(Uint8Array.of(1, 0x22, 0xff, 0x22)), TypeError);
});

Deno.test("encode() throws for what has no value", () => {
  assert.throws(() => encode(undefined), TypeError);
});

Deno.test("every value that JSON can hold comes back, fields that are undefined excepted", () => {
  const strings = fc.string({ unit: fc.nat({ max: 0xffff }).map((code) => String.fromCharCode(code)) });
  fc.assert(fc.property(fc.object({ key: strings, values: [strings, fc.integer(), fc.boolean()] }), (value) => {
    assert.deepEqual(decode(encode(value)), value);
  }));
  assert.deepEqual(decode(encode({ a: undefined, b: 1 })), { b: 1 });
});

for (
  const [what, value] of [
    ["a text of one byte a character", "a".repeat(1_000)],
    ["a text of three", "雨".repeat(1_000)],
    ["a text of characters that JSON escapes", '\\"\n\u0001\ud800'.repeat(200)],
    ["numbers", Array.from({ length: 1_000 }, (_, at) => at + 0.5)],
    ["an object of small things", { a: null, b: true, c: undefined, d: "", e: [], f: {}, g: 1, h: -1, i: 2 ** 40 }],
    ["a text that is just small enough for JSON", `\0${"a".repeat(VALUE_MAX - 9)}`],
    ["a text that is just too large for JSON", `\0${"a".repeat(VALUE_MAX - 8)}`],
  ] as const
) {
  Deno.test(`sizeOf() is what ${what} takes in storage`, () => assert.equal(sizeOf(value), encode(value).byteLength));
}

Deno.test("sizeOf() lets the reactions of 20 people each with 50 of the longest emoji be stored", () => {
  const users = Array.from({ length: 20 }, (_, at) => id(at));
  const reactions = Array.from({ length: 50 }, (_, at) => [id(at).padEnd(40), { count: 20, users }] as const);
  assert.ok(sizeOf(Object.fromEntries(reactions)) <= VALUE_MAX);
});

Deno.test("storage takes a value of the size that sizeOf() allows", async () => {
  using kv = await Deno.openKv(":memory:");
  const value = "a".repeat(VALUE_MAX - 3);
  assert.equal(sizeOf(value), VALUE_MAX);
  await kv.set(["a"], encode(value));
  const { value: stored } = await kv.get<Uint8Array>(["a"]);
  assert.equal(stored && decode(stored), value);
});

Deno.test("every text that may be sent is stored, whatever its characters take", async (t) => {
  await withWorkspace(async ({ owner }) => {
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public" });
    const texts: Record<string, (at: number) => number> = {
      "of three bytes each": () => 0x96e8,
      "control characters": (at) => 1 + at % 8,
      "control characters among others": (at) => at % 2 === 0 ? 1 : 0x96e8,
      "quotes": () => 0x22,
    };
    for (const [what, codeAt] of Object.entries(texts)) {
      await t.step(what, async () => {
        const inner = Array.from({ length: TEXT_MAX - 2 }, (_, at) => String.fromCharCode(codeAt(at))).join("");
        const text = `a${inner}z`;
        const { message } = await owner.call("messages.send", { room: room.id, text, key: newKey() });
        assert.equal(message.text, text);
        const { text: read } = (await owner.call("messages.get", { room: room.id, seq: message.seq })).message;
        assert.equal(read, text);
      });
    }
  });
});

function hex(text: string): string {
  return new TextEncoder().encode(text).toHex();
}
