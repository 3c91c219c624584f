/** kill -9 in the middle of a migration, over and over: it goes on from there, and nothing is lost or written twice. */
import assert from "node:assert/strict";
import { assertSame, many, readLayout2, writeClones } from "../kv/layout_2.ts";

const KILLS = 20;
const VALUES = 10_000;
const WHEN = ["before", "during", "after"];

Deno.test(`a migration that is killed at ${KILLS} places ends with what there was`, async () => {
  const { workspace: { now }, values: some } = await readLayout2();
  const values = [...some, ...many(VALUES).filter(({ key }) => key[0] === "message")];
  const dataDir = await Deno.makeTempDir();
  try {
    const file = `${dataDir}/rivulet.sqlite`;
    await using(file, (kv) => writeClones(kv, values));
    for (let at = 0; at < KILLS; at++) {
      // A page is a get, a list, now and then a getMany, and a commit: these places are in three pages.
      const place = [1 + at * 5 % 8, WHEN[at % WHEN.length]];
      assert.equal((await migrating([dataDir, now, ...place])).signal, "SIGKILL", `it ended before ${place}`);
    }
    assert.equal((await migrating([dataDir, now])).code, 0);
    await using(file, (kv) => assertSame(kv, values));
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
});

async function using(file: string, body: (kv: Deno.Kv) => Promise<void>): Promise<void> {
  const kv = await Deno.openKv(file);
  try {
    await body(kv);
  } finally {
    kv.close();
  }
}

async function migrating(args: unknown[]): Promise<Deno.CommandStatus> {
  const script = new URL("migrating.ts", import.meta.url).pathname;
  const command = ["run", "-A", "--unstable-kv", script, ...args.map(String)];
  return await new Deno.Command(Deno.execPath(), { args: command }).spawn().status;
}
