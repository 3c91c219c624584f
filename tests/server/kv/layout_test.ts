import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { LAYOUT, LayoutError, migrate } from "../../../lib/server/kv/layout.ts";
import { writeClones } from "./layout_2.ts";

for (
  const [what, format, reason] of [
    ["of a newer layout", LAYOUT + 1, /a newer one \(layout 7; this one knows 6\)/],
    ["that a newer version is migrating", { to: LAYOUT + 1, after: ["head"] }, /a newer one \(layout 7/],
    ["of before layouts had numbers", undefined, /too old a one \(layout 1; this one knows 6\)/],
    ["whose layout is no number", "soon", /says of no layout/],
  ] as const
) {
  Deno.test(`a database ${what} is refused in one line, and left as it is`, async () => {
    using kv = await Deno.openKv(":memory:");
    const values = [{ key: keys.epoch(), value: "epoch" }, { key: keys.head("feed"), value: { seq: 1 } }];
    await writeClones(kv, format === undefined ? values : [...values, { key: keys.format(), value: format }]);
    const before = await Array.fromAsync(kv.list({ prefix: [] }));
    const said: string[] = [];
    await assert.rejects(
      migrate(createDatabase(kv), { now: Date.now, say: (line) => said.push(line) }),
      (error) => error instanceof LayoutError && reason.test(error.message) && !error.message.includes("\n"),
    );
    assert.deepEqual(await Array.fromAsync(kv.list({ prefix: [] })), before);
    assert.deepEqual(said, []);
  });
}

Deno.test("values of a newer Deno than the one that runs are refused in a line that says what to do", async () => {
  const dir = await Deno.makeTempDir();
  const file = `${dir}/rivulet.sqlite`;
  const before = await Deno.openKv(file);
  await writeClones(before, [{ key: keys.epoch(), value: "epoch" }, { key: keys.format(), value: 2 }]);
  before.close();
  const sqlite = new DatabaseSync(file);
  const { changes } = sqlite.prepare("UPDATE kv SET v = x'ff7f4904'").run(); // version 127 of the clone, then 2
  assert.equal(changes, 2);
  sqlite.close();
  const kv = await Deno.openKv(file);
  try {
    const refused = migrate(createDatabase(kv), { now: Date.now, say: assert.fail });
    await assert.rejects(refused, /can't read what a newer one wrote; start this version once with Deno 2.8 or newer/);
  } finally {
    kv.close();
    await Deno.remove(dir, { recursive: true });
  }
});

Deno.test("a new database needs no migration, nor does one of this layout", async () => {
  using kv = await Deno.openKv(":memory:");
  const db = createDatabase(kv);
  const options = { now: Date.now, say: (line: string) => assert.fail(line) };
  await migrate(db, options);
  assert.deepEqual(await db.list({ prefix: [] }, { limit: 1 }), []);
  await db.commit({ sets: [setAt(keys.epoch(), "e"), setAt(keys.format(), LAYOUT)] });
  await migrate(db, options);
});
