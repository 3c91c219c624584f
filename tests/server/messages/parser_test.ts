/** Texts that may be slow are parsed in a worker, and come out as they would here. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isQuick, type ParsedText, parseText, QUICK_MAX } from "../../../lib/server/messages/parse.ts";
import { createParser, type Parser, type ParserOptions } from "../../../lib/server/messages/parser.ts";
import { TEXT_MAX } from "../../../lib/protocol/fields.ts";
import { hostileTexts } from "../../abuse/hostile_texts.ts";
import { cases, runs } from "../../support/share.ts";

const OURS = new URL("../../../lib/server/messages/parse_worker.ts", import.meta.url);
const FRAIL = new URL("./frail_parser.ts", import.meta.url);
const NONE = new URL("./no_such_worker.ts", import.meta.url);
const PATIENT_MS = 300_000; // in a test the worker's script is type-checked first

/** Slow to parse, perhaps, and different from the worker's answer: that of `FRAIL` is always the same. */
const long = (begin: string) => begin + " *a*".repeat(QUICK_MAX / 2);
const isOfWorker = ({ body }: ParsedText) => JSON.stringify(body).includes("from the worker");

async function withParser(options: ParserOptions, body: (it: Parser) => Promise<void>): Promise<void> {
  const it = createParser({ deadlineMs: PATIENT_MS, ...options });
  try {
    await body(it);
  } finally {
    it.close();
  }
}

Deno.test("a text that may be slow is parsed in the worker, a short one and plain words are not", () =>
  withParser({ entry: FRAIL }, async (it) => {
    assert.ok(isOfWorker(await it.parse("ann", long("*b*"))));
    for (const text of ["*a* @ann", "a".repeat(TEXT_MAX), "*a* ".repeat(QUICK_MAX / 4)]) {
      assert.ok(isQuick(text));
      assert.deepEqual(await it.parse("ann", text), parseText(text));
    }
  }));

/** Reports each worker that is ended, which includes one that failed. */
async function withEnds(ended: () => void, body: () => Promise<void>): Promise<void> {
  const { terminate } = Worker.prototype;
  Worker.prototype.terminate = function () {
    terminate.call(this);
    ended();
  };
  try {
    await body();
  } finally {
    Worker.prototype.terminate = terminate;
  }
}

async function compareAll(it: Parser): Promise<void> {
  const assertSame = async (text: string) => {
    assert.ok(!isQuick(text));
    assert.deepEqual(await it.parse("ann", text), parseText(text));
  };
  const families = Object.values(hostileTexts);
  for (const text of cases(families.filter((text) => !isQuick(text)))) await assertSame(text);
  const piece = fc.oneof(
    fc.constantFrom(...families).chain((text) => fc.nat(TEXT_MAX).map((at) => text.slice(at, at + 300))),
    // `fc.string` would first map every character there is, to be able to shrink.
    fc.array(fc.integer({ min: 0, max: 0x10ffff }), { maxLength: 100 }).map((points) =>
      String.fromCodePoint(...points)
    ),
    fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 20 }).map((units) => String.fromCharCode(...units)),
    fc.constantFrom("\n\n", "\n```js\n", "\n```\n", "@ann ", "3. a\n", "[](https://a.b)", "\u200b"),
  );
  const texts = fc.array(piece, { minLength: 1, maxLength: 40 }).map((pieces) =>
    `${pieces.join("")}${" *a*".repeat(QUICK_MAX / 3)}`.slice(0, TEXT_MAX + 1)
  );
  await fc.assert(fc.asyncProperty(texts, assertSame), { numRuns: runs(60) });
  assert.equal((await it.parse("ann", `[](https://a.b)${" ".repeat(QUICK_MAX)}`)).isSeen, false);
}

Deno.test("the worker parses each text as it would be parsed here", () =>
  withParser({ entry: OURS }, async (it) => {
    let ends = 0;
    await withEnds(() => ends++, () => compareAll(it));
    assert.equal(ends, 0, "it was the worker that answered");
  }));

Deno.test("a text that kills the worker is parsed here, and the next one by another worker", () =>
  withParser({ entry: FRAIL }, async (it) => {
    assert.ok(isOfWorker(await it.parse("ann", long("before"))));
    assert.deepEqual(await it.parse("ann", long("die")), parseText(long("die")));
    assert.ok(isOfWorker(await it.parse("ann", long("after"))));
  }));

Deno.test("a text on which the worker hangs is parsed here, and the next one by another worker", () =>
  withParser({ entry: FRAIL, deadlineMs: 2_000 }, async (it) => {
    assert.deepEqual(await it.parse("ann", long("hang")), parseText(long("hang")));
    while (!isOfWorker(await it.parse("ann", long("after")))); // on a busy machine it may take longer to begin
  }));

Deno.test("where no worker can be had, and where too many wait for it, texts are parsed here", async () => {
  const text = long("any");
  await withParser({ entry: NONE }, async (it) => assert.deepEqual(await it.parse("ann", text), parseText(text)));
  await withParser({ entry: FRAIL, waitingMax: 1 }, async (it) => {
    const all = await Promise.all(["eve", "eve", "eve"].map((person) => it.parse(person, text)));
    assert.deepEqual(all.map(isOfWorker), [true, true, false]);
    assert.deepEqual(all[2], parseText(text));
  });
});

Deno.test("the worker ends after a while without a text, and the next one begins another", async () => {
  const ended = Promise.withResolvers<void>();
  await withEnds(ended.resolve, () =>
    withParser({ entry: FRAIL, idleMs: 1 }, async (it) => {
      assert.ok(isOfWorker(await it.parse("ann", long("before"))));
      await ended.promise;
      assert.ok(isOfWorker(await it.parse("ann", long("after"))));
    }));
});

Deno.test("who wants one text parsed waits for one of another's, not for all", () =>
  withParser({ entry: FRAIL }, async (it) => {
    const done: string[] = [];
    const parse = (person: string, text: string) => it.parse(person, text).then(() => done.push(person));
    await Promise.all([
      ...Array.from({ length: 20 }, (_, at) => parse("eve", long(`${at}`))),
      parse("ann", long("one")),
    ]);
    assert.ok(done.indexOf("ann") <= 2, `${done.indexOf("ann")} of eve's came before it`);
  }));

Deno.test("once closed, texts are parsed here", async () => {
  const it = createParser({ entry: FRAIL, deadlineMs: PATIENT_MS });
  await it.parse("ann", long("before"));
  const underWay = it.parse("ann", long("hang"));
  it.close();
  assert.deepEqual(await underWay, parseText(long("hang")));
  assert.deepEqual(await it.parse("ann", long("after")), parseText(long("after")));
});
