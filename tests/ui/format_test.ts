import assert from "node:assert/strict";
import { clockTime, dayLabel, dayOf, fullTime, warmFormats } from "../../lib/ui/shell/format.ts";
import { pages } from "../../routes/pages/pages.tsx";
import { withWorkspace } from "../support/services.ts";

Deno.test("what times are formatted with on the first page was made before it was asked for", () =>
  withWorkspace(({ services }) => {
    pages(services);
    const real = Intl.DateTimeFormat;
    let made = 0;
    Intl.DateTimeFormat = new Proxy(real, {
      construct(target, args) {
        made++;
        return Reflect.construct(target, args);
      },
    });
    try {
      const now = Date.now();
      for (const at of [now, 0]) {
        clockTime(at, "UTC");
        dayOf(at, "UTC");
        dayLabel(at, "UTC", now);
        fullTime(at, "UTC");
      }
      assert.equal(made, 0);
      warmFormats("Asia/Tokyo");
      assert.ok(made > 0, "the count notices");
    } finally {
      Intl.DateTimeFormat = real;
    }
    return Promise.resolve();
  }));
