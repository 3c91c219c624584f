/** From layout 3 to 4: a room's entries, which lay among all others, are found by the room as well. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";
import { createDatabase, type Database, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { migrate } from "../../../lib/server/kv/layout.ts";
import { createServices } from "../../../lib/server/services.ts";
import { assertEncoded } from "../../support/encoded.ts";
import { testConfig } from "../../support/services.ts";
import { losingAnswers } from "../../support/storage.ts";
import { assertSame, readLayout2, type Value, writeClones } from "./layout_2.ts";
import { byRoom, manyEntries, readLayout3, writeEncoded } from "./layout_3.ts";

const DAY_MS = 86_400_000;
const NOW = 1_764_000_000_000;
const quiet = { now: () => NOW, say() {} };

Deno.test("services that start on data of layout 3 list of each room what the version that left it listed", async () => {
  const { expected, values } = await readLayout3();
  using kv = await Deno.openKv(":memory:");
  await writeEncoded(kv, values);
  const lines: string[] = [];
  const services = await createServices({
    config: testConfig,
    db: { ...createDatabase(kv), close() {} },
    shared: false,
    now: () => expected.now,
    failed(error) {
      throw error;
    },
    say: (line) => lines.push(line),
  });
  try {
    assert.match(lines.at(-1) ?? "", /^Storage is at layout 6: \d+ values/);
    const callsOf = async (token: string) => {
      const signedIn = await services.auth.identify(token);
      assert.ok(signedIn);
      return { address: "127.0.0.1", agent: "test", origin: "http://localhost", setSession() {}, ...signedIn };
    };
    for (const who of ["owner", "ann", "bo"] as const) {
      const call = await callsOf(expected.sessions[who]);
      for (const { view, room, entries: due } of expected.feeds[who]) {
        const { entries } = await services.run("feed.list", { view, room, limit: 100 }, call);
        assert.ok(entries.every(({ title }) => title !== ""));
        assert.deepEqual(entries.map(untitled), due.map(untitled), `${who}, ${view}`);
      }
    }
    // What was notified before is withdrawn and restored by its room too.
    const [owner, ann] = [await callsOf(expected.sessions.owner), await callsOf(expected.sessions.ann)];
    const seqs = async (room: string) => {
      const { entries } = await services.run("feed.list", { view: "you", room, limit: 100 }, ann);
      return entries.map(({ seq }) => seq);
    };
    for (const { room, seq } of [expected.standing, expected.withdrawn]) {
      for (const mentions of [true, false, true, false]) {
        await services.run("messages.edit", { room, seq, text: mentions ? "@ann" : "nobody" }, owner);
        assert.equal((await seqs(room)).includes(seq), mentions);
      }
    }
    const stored = await services.db.list({ prefix: [] }, { limit: 10_000 });
    const listed = stored.filter(({ key: [kind] }) => kind === "room_entry");
    assert.deepEqual(listed.map(({ key, value }) => ({ key, value })).sort(inOrder), byRoom(stored).sort(inOrder));
  } finally {
    services.close();
  }
  await assertEncoded(kv);
});

Deno.test("only entries about a room are written, and nothing that there was is written again", async () => {
  using kv = await Deno.openKv(":memory:");
  const values = manyEntries(2_300, NOW);
  await writeEncoded(kv, values);
  const stamps = async () => {
    const all = await Array.fromAsync(kv.list({ prefix: [] }));
    const old = all.filter(({ key: [kind] }) => kind !== "room_entry" && kind !== "format");
    return old.map(({ key, versionstamp }) => [key, versionstamp]);
  };
  const before = await stamps();
  await migrate(createDatabase(kv), quiet);
  assert.deepEqual(await stamps(), before);
  await assertSame(kv, values);
});

Deno.test("a database of layout 3 without an entry is brought to layout 4", async () => {
  using kv = await Deno.openKv(":memory:");
  const values = manyEntries(0, NOW);
  await writeEncoded(kv, values);
  await migrate(createDatabase(kv), quiet);
  await assertSame(kv, values);
});

Deno.test("an entry may be forgotten by its room when it may be forgotten", async () => {
  const dir = await Deno.makeTempDir();
  try {
    const file = `${dir}/rivulet.sqlite`;
    const now = Date.now();
    const ages = [0, 1, 30, 89].map((days) => days * DAY_MS);
    const kv = await Deno.openKv(file);
    await writeEncoded(kv, [
      { key: keys.epoch(), value: "e" },
      { key: keys.format(), value: 3 },
      ...ages.map((age, at) => ({
        key: keys.entry("feed", at + 1),
        value: { tag: "abcd", entry: { room: "r", at: now - age } },
        expireIn: 90 * DAY_MS - age,
      })),
    ]);
    await migrate(createDatabase(kv), { now: Date.now, say() {} });
    kv.close();
    using sqlite = new DatabaseSync(file, { readOnly: true });
    const times = sqlite.prepare("SELECT expiration_ms AS ms FROM kv WHERE expiration_ms > 0 ORDER BY k").all();
    const [first, again] = [times.slice(0, ages.length), times.slice(ages.length)];
    assert.deepEqual([first.length, again.length], [ages.length, ages.length]);
    for (const [at, { ms }] of first.entries()) assert.ok(Math.abs(Number(ms) - Number(again[at]?.ms)) < 60_000);
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
});

/** A database whose first three commits land unanswered, and that refuses every fifth page. */
function unreliable(db: Database): Database {
  let lists = 0;
  return {
    ...losingAnswers(db, 3),
    list(selector, options) {
      if (++lists % 5 === 0) throw new StorageUnavailable("storage is away");
      return db.list(selector, options);
    },
  };
}

Deno.test("a migration to layout 4 goes on with answers lost and storage away, and several processes share it", async () => {
  using kv = await Deno.openKv(":memory:");
  const values = manyEntries(4_000, NOW);
  await writeEncoded(kv, values);
  const db = createDatabase(kv);
  await Promise.all([db, unreliable(db), db].map((one) => migrate(one, quiet)));
  await assertSame(kv, values);
});

for (
  const [how, left] of [
    ["that no other version has begun on", { format: 2, encoded: 0 }],
    ["that an earlier version was ended on, at the start", { format: { to: 3 }, encoded: 0 }],
    ["that an earlier version was ended on, half way", { format: undefined, encoded: 0.5 }],
  ] as const
) {
  Deno.test(`data of layout 2 ${how} is brought to layout 4 in one start`, async () => {
    const { values: some } = await readLayout2();
    using kv = await Deno.openKv(":memory:");
    const others = manyEntries(1_500, NOW).filter(({ key: [kind] }) => kind === "entry");
    const values = [...some.filter(({ key: [kind] }) => kind !== "entry" && kind !== "format"), ...others].sort(
      inOrder,
    );
    await writeClones(kv, values);
    // In the order of storage: the first of them are migrated.
    const inStorage = await Array.fromAsync(kv.list<unknown>({ prefix: [] }));
    const done = inStorage.slice(0, inStorage.length * left.encoded);
    await writeEncoded(kv, done.map(({ key, value }) => ({ key, value })));
    const format = { key: keys.format(), value: left.format ?? { to: 3, after: done.at(-1)?.key } };
    await (left.format === 2 ? writeClones(kv, [format]) : writeEncoded(kv, [format]));
    const lines: string[] = [];
    await migrate(createDatabase(kv), { now: () => NOW, say: (line) => lines.push(line) });
    await assertSame(kv, [...values, format]);
    assert.match(lines.at(-1) ?? "", /^Storage is at layout 6: /);
  });
}

function inOrder(one: Value, other: Value): number {
  const [a, b] = [JSON.stringify(one.key), JSON.stringify(other.key)];
  return a < b ? -1 : Number(a > b);
}

/** An entry but for its title, which says the same in other words from version to version. */
function untitled<E extends { title: string }>({ title: _words, ...entry }: E): Omit<E, "title"> {
  return entry;
}
