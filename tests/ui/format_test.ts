import assert from "node:assert/strict";
import {
  clockTime,
  dayLabel,
  dayOf,
  dayTime,
  FORMATTERS_MAX,
  fullDay,
  fullTime,
  warmFormats,
} from "../../lib/ui/shell/format.ts";

/** How many formatters `run` makes. */
function madeBy(run: () => void): number {
  const real = Intl.DateTimeFormat;
  let made = 0;
  Intl.DateTimeFormat = new Proxy(real, {
    construct(target, args) {
      made++;
      return Reflect.construct(target, args);
    },
  });
  try {
    run();
    return made;
  } finally {
    Intl.DateTimeFormat = real;
  }
}

Deno.test("what a page formats times with is made before the first one is asked for", () => {
  warmFormats("UTC");
  const now = Date.now();
  const made = madeBy(() => {
    for (const at of [now, 0]) {
      clockTime(at, "UTC");
      dayOf(at, "UTC");
      dayLabel(at, "UTC", now);
      dayLabel(now - 3 * 86_400_000, "UTC", now);
      dayTime(at, "UTC", now);
      fullDay(at, "UTC");
      fullTime(at, "UTC");
    }
  });
  assert.equal(made, 0);
  assert.ok(madeBy(() => warmFormats("Asia/Tokyo")) > 0, "the count notices");
});

Deno.test("a day is said as one says it now", () => {
  const now = Date.UTC(2026, 4, 14, 0, 30); // a Thursday
  const at = (days: number, hour = 9) => Date.UTC(2026, 4, 14 - days, hour, 44);
  const labels = [0, 1, 2, 6, 7, 400].map((days) => dayLabel(at(days), "UTC", now));
  assert.deepEqual(labels, ["Today", "Yesterday", "Tuesday", "Friday", "Thursday 7 May", "Wednesday 9 April 2025"]);
  assert.equal(dayLabel(at(-1), "UTC", now), "Friday 15 May", "a server's clock may be ahead");
  assert.equal(dayLabel(at(1, 23), "Asia/Tokyo", now), "Today", "by the reader's zone");
  const times = [0, 1, 2, 7].map((days) => dayTime(at(days), "UTC", now));
  assert.deepEqual(times, ["09:44", "yesterday 09:44", "Tuesday 09:44", "Thursday 7 May 09:44"]);
  assert.equal(fullDay(at(0), "UTC"), "Thursday 14 May 2026");
});

Deno.test("formatters are kept for the zones that came last, however many come", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  assert.ok(zones.length * 2 > FORMATTERS_MAX);
  for (const format of [clockTime, dayOf]) zones.forEach((zone) => format(0, zone));
  const [first = "", last = ""] = [zones[0], zones.at(-1)];
  assert.equal(madeBy(() => dayOf(0, last)), 0);
  assert.equal(madeBy(() => clockTime(0, first)), 1);
});
