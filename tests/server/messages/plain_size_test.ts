/** What a plain send says that it stores at most, against what its write takes as it is measured otherwise. */
import assert from "node:assert/strict";
import { measure } from "../../../lib/server/log/measure.ts";
import type { Append, Plan } from "../../../lib/server/log/types.ts";
import { newKey, withWorkspace } from "../../support/services.ts";

Deno.test("a plain send takes at most what it says, and few bytes less; one that notifies is measured", () =>
  withWorkspace(async ({ owner, join, services: { log } }) => {
    const ann = await join("ann");
    const { rooms: [line] } = await owner.call("rooms.list", {});
    const room = line?.room.id ?? "";
    let sends = 0;
    const texts = [
      "x",
      "plain words ".repeat(10),
      "Grüße 👋 ".repeat(400),
      '"\\\t\u0001'.repeat(4_000),
      "\u0001x".repeat(8_000),
    ];
    for (const text of [...texts, `@${ann.user.handle} hello`]) {
      for (const key of [newKey(), "-".repeat(64)]) {
        const { append } = log;
        let made: Append<unknown> | undefined;
        Object.assign(log, {
          append: <T>(streams: string[], plan: Plan<T>) =>
            append<T>(streams, async (attempt) => {
              const planned = await plan(attempt);
              if ("write" in planned) made = planned;
              return planned;
            }),
        });
        await owner.call("messages.send", { room, text, key: `${key.slice(0, -2)}${10 + sends++}` });
        Object.assign(log, { append });
        assert.ok(made);
        const { size, ...rest } = made;
        const measured = measure(rest);
        if (text.startsWith("@")) {
          assert.equal(size, undefined);
          continue;
        }
        assert.equal(size?.mutations, measured.mutations);
        const spare = (size?.bytes ?? 0) - measured.bytes;
        assert.ok(spare >= 0 && spare < 400, `${spare} bytes to spare`);
      }
    }
  }));
