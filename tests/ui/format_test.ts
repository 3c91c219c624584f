import assert from "node:assert/strict";
import { clockTime, dayLabel, dayOf, FORMATTERS_MAX, fullTime, warmFormats } from "../../lib/ui/shell/format.ts";
import { pages } from "../../routes/pages/pages.tsx";
import { withWorkspace } from "../support/services.ts";

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

Deno.test("what times are formatted with on the first page was made before it was asked for", () =>
  withWorkspace(({ services }) => {
    pages(services);
    const now = Date.now();
    const made = madeBy(() => {
      for (const at of [now, 0]) {
        clockTime(at, "UTC");
        dayOf(at, "UTC");
        dayLabel(at, "UTC", now);
        fullTime(at, "UTC");
      }
    });
    assert.equal(made, 0);
    assert.ok(madeBy(() => warmFormats("Asia/Tokyo")) > 0, "the count notices");
    return Promise.resolve();
  }));

Deno.test("formatters are kept for the zones that came last, however many come", () => {
  const zones = Intl.supportedValuesOf("timeZone");
  assert.ok(zones.length * 2 > FORMATTERS_MAX);
  for (const format of [clockTime, dayOf]) zones.forEach((zone) => format(0, zone));
  const [first = "", last = ""] = [zones[0], zones.at(-1)];
  assert.equal(madeBy(() => dayOf(0, last)), 0);
  assert.equal(madeBy(() => clockTime(0, first)), 1);
});
