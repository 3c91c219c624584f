import assert from "node:assert/strict";
import { build } from "../../../lib/server/log/group_commit.ts";
import { EMPTY } from "../../../lib/server/log/types.ts";

Deno.test("build() lets no trimming bring back what another process has forgotten since it was planned", () => {
  const member = {
    streams: ["room:a"],
    append: { write: () => ({ events: [], trim: { stream: "room:a", first: 501 }, result: undefined }) },
    due: [],
  };
  const firstAfter = (first: number) => {
    const heads = new Map([["room:a", { head: { ...EMPTY, seq: 2_000, first }, versionstamp: "v" }]]);
    const [appended] = build([member], heads, { id: "batch", at: 0, makeTag: () => "tagA", fence: undefined }).appended;
    return appended?.head.first;
  };
  assert.equal(firstAfter(1), 501);
  assert.equal(firstAfter(1_001), 1_001);
});
