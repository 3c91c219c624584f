import assert from "node:assert/strict";
import { keyOf, setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import type { Latest } from "../../../lib/server/log/log.ts";
import { TAIL_EVENTS_MAX } from "../../../lib/server/log/segments.ts";
import { counting, openLog, post, type TestLog, withStorage } from "../../support/storage.ts";

const STREAM = "room:a";

Deno.test("an append writes the head alone, and a segment only once the head holds enough events", () =>
  withStorage(async ({ db }) => {
    const { db: counted, count } = counting(db);
    const log = await openLog(counted);
    count.mutations = 0;
    const appends = 10 * (TAIL_EVENTS_MAX + 1);
    for (let at = 0; at < appends; at++) await post(log, STREAM, at);
    assert.equal(count.mutations, appends + 10);
  }));

Deno.test("what is stored of a stream is what its writer knows of it: heads, segments and documents", () =>
  withStorage(async ({ db, log }) => {
    const texts = [
      "plain",
      '"quoted" \\ {}',
      "\0\n\u2028",
      "\ud800",
      "Grüße 👋",
      "x".repeat(3_000),
      "\u0001".repeat(11_000),
    ];
    const at = (seq: number) => keyOf<{ seq: number; text: string | undefined }>("test", seq);
    const texted = (seq: number) => texts[seq % texts.length];
    const append = (text: string | undefined) =>
      log.append<void>([STREAM], () =>
        Promise.resolve({
          write(slotOf) {
            const { seq } = slotOf(STREAM);
            const document = setAt(at(seq), { seq, text: texted(seq) });
            const event = {
              stream: STREAM,
              type: "test.posted",
              by: "u1",
              data: { text, none: undefined },
              about: seq,
            };
            const marked = { stream: STREAM, type: "test.marked", by: "u1", data: seq, compactionKey: "mark" };
            return { events: [{ ...event, document }, marked], result: undefined };
          },
        }));
    for (let n = 0; n < 40; n++) {
      await append(texts[n % texts.length]);
      const stored = (await db.get(keys.head(STREAM))).value;
      assert.deepEqual(stored, JSON.parse(JSON.stringify(await log.head(STREAM))));
    }
    const events = await log.read(STREAM, 0, 100);
    assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: 80 }, (_, at) => at + 1));
    const sent = events.filter(({ type }) => type === "test.posted");
    assert.deepEqual(
      sent.map(({ data }) => data),
      Array.from({ length: 40 }, (_, n) => ({ text: texts[n % texts.length] })),
    );
    const { tail } = await log.head(STREAM);
    const flushed = sent.filter(({ seq }) => seq < (tail[0]?.seq ?? Infinity));
    assert.ok(flushed.length > 20);
    for (const event of flushed) {
      assert.deepEqual(Object.keys(event), ["seq", "tag", "type", "at", "by", "data", "about", "batch"]);
    }
    const documents = await db.getMany(flushed.map(({ seq }) => at(seq)));
    assert.deepEqual(documents.map(({ value }) => value), flushed.map(({ seq }) => ({ seq, text: texted(seq) })));
  }));

Deno.test("read() gives the same from every place, whether the events stand in segments or in the head", () =>
  withStorage(async ({ log }) => {
    const count = 5 * TAIL_EVENTS_MAX + 3;
    for (let at = 1; at <= count; at++) await post(log, STREAM, at);
    for (let seq = 0; seq <= count; seq++) {
      for (const limit of [1, TAIL_EVENTS_MAX, count]) {
        const expected = Array.from({ length: Math.min(limit, count - seq) }, (_, at) => seq + 1 + at);
        assert.deepEqual((await log.read(STREAM, seq, limit)).map(({ data }) => data), expected);
      }
    }
  }));

Deno.test("read() sees no hole and no double when the head's events leave for a segment in the middle of it", () =>
  withStorage(async ({ db }) => {
    let between = () => Promise.resolve();
    const slow: Database = {
      ...db,
      async get(key) {
        const entry = await db.get(key);
        await between();
        return entry;
      },
    };
    const log = await openLog(slow);
    const writer = await openLog(db);
    for (let at = 0; at < TAIL_EVENTS_MAX; at++) await post(writer, STREAM, at);
    between = async () => {
      between = () => Promise.resolve();
      for (let at = 0; at < TAIL_EVENTS_MAX; at++) await post(writer, STREAM, at);
    };
    const seqs = (await log.read(STREAM, 2, 100)).map(({ seq }) => seq);
    assert.deepEqual(seqs, Array.from({ length: seqs.length }, (_, at) => at + 3));
    assert.ok(seqs.length >= TAIL_EVENTS_MAX - 2);
  }));

Deno.test("read() of one event reads one segment", () =>
  withStorage(async ({ db, log }) => {
    for (let at = 0; at < 5 * (TAIL_EVENTS_MAX + 1); at++) await post(log, STREAM, at);
    let segments = 0;
    const other = await openLog({
      ...db,
      async list(selector, options) {
        const found = await db.list(selector, options);
        segments += found.length;
        return found;
      },
    });
    assert.deepEqual((await other.read(STREAM, 3, 1)).map(({ data }) => data), [3]);
    assert.equal(segments, 1);
  }));

Deno.test("events near the limit of a value each get a segment of their own, also from one batch", () =>
  withStorage(async ({ log }) => {
    const large = "x".repeat(25_000); // 50,000 bytes at worst
    await Promise.all(Array.from({ length: 12 }, (_, at) => post(log, STREAM, `${at} ${large}`)));
    await post(log, STREAM, "last");
    const events = await log.read(STREAM, 0, 100);
    assert.deepEqual(events.map(({ data }) => String(data).split(" ")[0]), [...Array(12).keys(), "last"].map(String));
  }));

Deno.test("latest() finds the latest of a name in the head, in a segment, and long after", () =>
  withStorage(async ({ log }) => {
    const latest = async (name: string) => (await log.latest(STREAM, [name]))[0]?.data;
    assert.equal(await latest("a"), undefined);
    await tell(log, "a", 1);
    assert.equal(await latest("a"), 1);
    await tell(log, "a", 2);
    assert.equal(await latest("a"), 2);
    for (let at = 0; at < 3 * TAIL_EVENTS_MAX; at++) await tell(log, "b", at);
    assert.equal(await latest("a"), 2);
    assert.equal(await latest("b"), 3 * TAIL_EVENTS_MAX - 1);
    await tell(log, "a", 3);
    assert.deepEqual((await log.latest(STREAM, ["b", "a", "c"])).map(({ data }) => data), [
      3 * TAIL_EVENTS_MAX - 1,
      3,
      undefined,
    ]);
  }));

Deno.test("latest() of many names gives what it gives of each, also where others lie between them", () =>
  withStorage(async ({ log }) => {
    const names = Array.from({ length: 90 }, (_, at) => `n${String(at).padStart(2, "0")}`);
    for (const [at, name] of names.entries()) if (at % 10 !== 7) await tell(log, name, at);
    const wanted = [...names.filter((_, at) => at % 3 === 0).reverse(), "absent"]; // two others between any two
    const one = async (name: string) => (await log.latest(STREAM, [name]))[0];
    assert.deepEqual(await log.latest(STREAM, wanted), await Promise.all(wanted.map(one)));
    assert.deepEqual(await log.latest(STREAM, names), await Promise.all(names.map(one)));
  }));

Deno.test("of one name in one atomic only the last is an event", () =>
  withStorage(async ({ log }) => {
    await Promise.all([tell(log, "a", 1), tell(log, "b", 2), tell(log, "a", 3)]);
    const events = await log.read(STREAM, 0, 10);
    assert.deepEqual(events.map(({ data }) => data).sort(), [2, 3]);
  }));

Deno.test("a plan that relies on the latest sees what came before it in its own batch, and in the head", () =>
  withStorage(async ({ log }) => {
    const sums = await Promise.all(Array.from({ length: 40 }, () => add(log, 1)));
    assert.deepEqual(sums, Array.from({ length: 40 }, (_, at) => at + 1));
    for (let at = 0; at < 40; at++) assert.equal(await add(log, 1), 41 + at);
  }));

Deno.test("a plan that relies on the latest is made anew when another process has moved it out of the head", () =>
  withStorage(async ({ db, log }) => {
    const other = await openLog(db, undefined, true);
    await add(log, 5);
    let interfere: (() => Promise<void>) | undefined = async () => {
      await add(other, 100);
      for (let at = 0; at <= TAIL_EVENTS_MAX; at++) await tell(other, "b", at);
    };
    const sum = await add(log, 1, async () => {
      await interfere?.();
      interfere = undefined;
    });
    assert.equal(sum, 106);
  }));

Deno.test("createLog() refuses a database that is laid out otherwise, and says so", () =>
  withStorage(async ({ db }) => {
    await db.commit({ sets: [setAt(keys.format(), 1)] });
    await assert.rejects(openLog(db), /Cannot open storage: it is laid out by another version of Rivulet/);
  }));

/** Appends one event of a name. */
function tell(log: TestLog, name: string, data: number): Promise<number> {
  return log.append<number>([STREAM], () =>
    Promise.resolve({
      write: () => ({
        events: [{ stream: STREAM, type: "test.counted", by: "u1", data, compactionKey: name }],
        result: data,
      }),
    }));
}

/** Adds to the sum that is the latest of its name. */
function add(log: TestLog, more: number, planned = () => Promise.resolve()): Promise<number> {
  return log.append<number>([STREAM], async () => {
    const [known] = await log.latest(STREAM, ["sum"]);
    await planned();
    return {
      checks: check(known),
      write(place) {
        const data = Number(place(STREAM).latest("sum") ?? known?.data ?? 0) + more;
        return {
          events: [{ stream: STREAM, type: "test.counted", by: "u1", data, compactionKey: "sum" }],
          result: data,
        };
      },
    };
  });
}

function check(known: Latest | undefined): Deno.AtomicCheck[] {
  return known ? [known.check] : [];
}

Deno.test("a document reaches its key when its event leaves the head, and what is written there meanwhile takes its place", () =>
  withStorage(async ({ db, log }) => {
    const at = (n: number) => keyOf<string>("test", n);
    const make = (n: number) =>
      log.append<void>([STREAM], () =>
        Promise.resolve({
          write: () => ({
            events: [{
              stream: STREAM,
              type: "test.made",
              by: "u1",
              data: {},
              document: setAt(at(n), `made ${n}`),
            }],
            result: undefined,
          }),
        }));
    const change = (n: number) =>
      log.append<void>([STREAM], () =>
        Promise.resolve({
          write: () => ({
            events: [{ stream: STREAM, type: "test.changed", by: "u1", data: {} }],
            sets: [setAt(at(n), `changed ${n}`)],
            result: undefined,
          }),
        }));
    const stored = async (n: number) => (await db.get(at(n))).value;
    for (let n = 1; n <= 3; n++) await make(n);
    assert.deepEqual(await log.documents(STREAM), ["made 1", "made 2", "made 3"]);
    assert.equal(await stored(2), null);
    await change(2);
    assert.deepEqual([await log.documents(STREAM), await stored(2)], [["made 1", "made 3"], "changed 2"]);
    for (let n = 4; n <= 3 + TAIL_EVENTS_MAX; n++) await make(n);
    assert.deepEqual([await stored(1), await stored(2), await stored(3)], ["made 1", "changed 2", "made 3"]);
    await change(3);
    assert.equal(await stored(3), "changed 3");
    const events = await log.read(STREAM, 0, 100);
    assert.deepEqual(events.map(({ seq }) => seq), Array.from({ length: events.length }, (_, n) => n + 1));
    assert.ok(events.slice(0, 4).every((event) => event.document === undefined));
  }));
