import assert from "node:assert/strict";
import { gunzipSync, gzipSync } from "node:zlib";
import { backUp, restore } from "../../../lib/server/kv/backup.ts";
import { encode } from "../../../lib/server/kv/codec.ts";
import { createDatabase, type Database, StorageUnavailable } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { LAYOUT, migrate } from "../../../lib/server/kv/layout.ts";

const NOW = 1_764_000_000_000;
const DAY_MS = 86_400_000;
const ODD: [Deno.KvKey, unknown][] = [
  [["edit", "a\0b\xff", 1, 2.5], { text: "\ud800 \u0001", n: -0.5 }],
  [["edit", "é漢🌊", -7, 0], "\u0000".repeat(15_000)],
  [["edit", "", -1e300], { __proto__: null, "10": [null, true] }],
];

/** A copy of the database in another process would read; here it is read once no handle is open. */
async function withBackup(body: (it: { file: string; dir: string }) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "rivulet_backup_" });
  try {
    const kv = await Deno.openKv(`${dir}/from.sqlite`);
    const db = createDatabase(kv);
    await db.commit({ sets: [setAt(keys.epoch(), "one"), setAt(keys.format(), LAYOUT), setAt(keys.writer(), "me")] });
    await db.commit({ sets: ODD.map(([key, value]) => setAt(key, value)) });
    for (let at = 0; at < 1_200; at += 400) {
      await db.commit({
        sets: Array.from({ length: 400 }, (_, n) => setAt(["edit", "many", at + n], "x".repeat(400))),
      });
    }
    const from = Date.now();
    await db.commit({ sets: [setAt(["sent", "soon"], 1, { expireIn: DAY_MS }), setAt(["sent", "late"], 2)] });
    await db.commit({ sets: [setAt(["sent", "over"], 3, { expireIn: 60_000 })] });
    db.close();
    const made = await backUp(`${dir}/from.sqlite`, `${dir}/backup`, from);
    assert.equal(made.values, 1_206);
    await body({ file: `${dir}/backup`, dir });
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

async function withTarget(dir: string, body: (db: Database, kv: Deno.Kv) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(`${dir}/to.sqlite`);
  try {
    await body(createDatabase(kv), kv);
  } finally {
    kv.close();
    for (const end of ["", "-wal", "-shm"]) await Deno.remove(`${dir}/to.sqlite${end}`).catch(() => {});
  }
}

const everything = async (kv: Deno.Kv) => await Array.fromAsync(kv.list<unknown>({ prefix: [] }));

Deno.test("a backup comes back as it was, without the database's name and with what expires", () =>
  withBackup(async ({ file, dir }) => {
    assert.equal(((await Deno.stat(file)).mode ?? 0) & 0o777, 0o600, "nobody else may read it");
    await assert.rejects(backUp(`${dir}/from.sqlite`, file, NOW), /is there already/);
    await withTarget(dir, async (db, kv) => {
      await restore(db, file, Date.now() + 60_000);
      for (const [key, value] of ODD) {
        const { value: stored } = await kv.get(key);
        assert.deepEqual(stored, encode(value), JSON.stringify(key));
      }
      assert.equal((await everything(kv)).length, 1_206, "less what is over, and with the layout");
      assert.equal((await db.get(keys.epoch())).value, null);
      assert.equal((await db.get(keys.writer())).value, null);
      await migrate(db, { now: Date.now, say: assert.fail });
    });
  }));

Deno.test("of a damaged backup nothing is put back, wherever the damage is", () =>
  withBackup(async ({ file, dir }) => {
    const whole = await Deno.readFile(file);
    const lines = gunzipSync(whole).toString().split("\n");
    const packed = (changed: string[]) => gzipSync(changed.join("\n"));
    const middle = lines.length >> 1;
    const other = lines.with(middle, (lines[middle] ?? "").replace("xxx", "xyx"));
    const damaged: [string, Uint8Array, RegExp][] = [
      ["cut", whole.subarray(0, whole.length - 200), /damaged/],
      ["a bit of it", whole.with(whole.length >> 1, (whole[whole.length >> 1] ?? 0) ^ 1), /damaged/],
      ["cut at a line", packed([...lines.slice(0, middle), ""]), /its end is missing/],
      ["a value", packed(other), /checksum/],
      ["a value less", packed(lines.toSpliced(middle, 1)), /checksum/],
      ["more behind it", packed([...lines.slice(0, -1), "[[1],2]", ""]), /behind its end/],
      ["another file", new TextEncoder().encode("SQLite format 3\0"), /damaged/],
      ["other lines", packed(['{"a":1}', ""]), /no backup/],
      ["an empty file", new Uint8Array(), /no backup|damaged/],
      ["a newer form", packed(lines.with(0, (lines[0] ?? "").replace('"form":1', '"form":2'))), /form 2/],
    ];
    for (const [what, bytes, why] of damaged) {
      await Deno.writeFile(file, bytes);
      await withTarget(dir, async (db, kv) => {
        await assert.rejects(restore(db, file, NOW), (error) => {
          assert(error instanceof Error);
          assert.equal(error.name, "BadBackup", what);
          assert.match(error.message, why, what);
          return true;
        });
        assert.deepEqual(await everything(kv), [], what);
      });
    }
  }));

Deno.test("a database that has anything is refused, and stays as it is", () =>
  withBackup(({ file, dir }) =>
    withTarget(dir, async (db, kv) => {
      await db.commit({ sets: [setAt(keys.epoch(), "mine")] });
      await assert.rejects(restore(db, file, NOW), /not empty/);
      assert.equal((await everything(kv)).length, 1);
    })
  ));

Deno.test("no server starts on a restore that was cut off, which another one begins anew", () =>
  withBackup(({ file, dir }) =>
    withTarget(dir, async (db, kv) => {
      let commits = 0;
      const cut: Database = {
        ...db,
        commit: (write) => ++commits > 3 ? Promise.reject(new Error("killed")) : db.commit(write),
      };
      await assert.rejects(restore(cut, file, NOW), /killed/);
      assert((await everything(kv)).length > 500);
      await assert.rejects(migrate(db, { now: Date.now, say: assert.fail }), /a restore into it was not finished/);
      await db.commit({ sets: [setAt(["edit", "stray"], 1)] });
      await restore(db, file, NOW);
      assert.equal((await kv.get(["edit", "stray"])).value, null);
      assert.equal((await everything(kv)).length, 1_207);
    })
  ));

Deno.test("a commit whose answer is lost, or that lands late, does a restore no harm", () =>
  withBackup(({ file, dir }) =>
    withTarget(dir, async (db, kv) => {
      const late: (() => Promise<unknown>)[] = [];
      let commits = 0;
      const losing: Database = {
        ...db,
        async commit(write) {
          const odd = commits++ % 2 === 0;
          if (odd) await db.commit(write);
          if (commits % 3 !== 0) return odd ? "00000000000000010000" : await db.commit(write);
          late.push(() => db.commit(write));
          throw new StorageUnavailable("the answer was lost");
        },
      };
      await restore(losing, file, NOW);
      const newer = [0, 600, 1_100].map((n) => ["edit", "many", n]); // one of each commit
      await db.commit({ sets: newer.map((key) => setAt(key, "newer")) });
      for (const land of late) await land();
      for (const key of newer) assert.deepEqual((await kv.get(key)).value, encode("newer"));
      assert.equal((await everything(kv)).length, 1_207);
    })
  ));
