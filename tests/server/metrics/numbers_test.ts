import assert from "node:assert/strict";
import { createNumbers } from "../../../lib/server/metrics/numbers.ts";
import { parseScrape } from "../../support/scrape.ts";

Deno.test("what is counted before the first text is in it, and what is counted after it is in the next", () => {
  const numbers = createNumbers();
  const posted = numbers.counter("posts_total", "Posts.", ["room", "by"]);
  const plain = numbers.counter("plain_total", "Without labels.");
  posted("lobby", "ann");
  posted("lobby", "ann");
  posted("lobby", "bob");
  const { text, type } = numbers.text();
  assert.equal(type, "text/plain; version=0.0.4; charset=utf-8");
  const first = parseScrape(text);
  assert.equal(first.value('posts_total{room="lobby",by="ann"}'), 2);
  assert.equal(first.value('posts_total{room="lobby",by="bob"}'), 1);
  assert.equal(first.series.get("plain_total"), 0);
  assert.equal(first.types.get("posts_total"), "counter");
  plain();
  posted("lobby", "bob");
  const second = parseScrape(numbers.text().text);
  assert.equal(second.value("plain_total"), 1);
  assert.equal(second.value('posts_total{room="lobby",by="bob"}'), 2);
  assert.equal(second.value('posts_total{room="lobby",by="ann"}'), 2);
});

Deno.test("a gauge is read each time, and those of one name are one metric", () => {
  const numbers = createNumbers();
  let open = 1;
  numbers.gauge("open", "Open ones.", () => open, { kind: "ws" });
  numbers.gauge("open", "Open ones.", () => 7, { kind: "sse" });
  numbers.gauge("bytes", "Bytes.", () => 12.5);
  numbers.text();
  open = 3;
  const { value, types } = parseScrape(numbers.text().text);
  assert.deepEqual([value('open{kind="ws"}'), value('open{kind="sse"}'), value("bytes")], [3, 7, 12.5]);
  assert.equal(types.get("open"), "gauge");
});

Deno.test("times are a histogram in seconds, whose buckets count all up to their bound", () => {
  const numbers = createNumbers();
  const took = numbers.times("took_seconds", "Time.", ["what"]);
  for (const ms of [0.2, 1, 3, 3, 700, 60_000]) took(ms, "read");
  took(10, "write");
  const { value, types, series } = parseScrape(numbers.text().text);
  assert.equal(types.get("took_seconds"), "histogram");
  const upTo = (le: string) => value(`took_seconds_bucket{what="read",le="${le}"}`);
  assert.deepEqual(["0.001", "0.0025", "0.005", "0.5", "1", "10", "+Inf"].map(upTo), [2, 2, 4, 4, 5, 5, 6]);
  assert.equal(value('took_seconds_count{what="read"}'), 6);
  assert.equal(value('took_seconds_sum{what="read"}'), 60.7072);
  assert.equal(value('took_seconds_count{what="write"}'), 1);
  assert.equal([...series.keys()].filter((it) => it.startsWith("took_seconds_bucket")).length, 2 * 14);
});

Deno.test("times without a label are a histogram too", () => {
  const numbers = createNumbers();
  const took = numbers.times("took_seconds", "Time.");
  took(2);
  const { value } = parseScrape(numbers.text().text);
  assert.deepEqual([value('took_seconds_bucket{le="0.0025"}'), value("took_seconds_count")], [1, 1]);
});
