/** kill -9 in the middle of a migration, over and over: it goes on from there, and nothing is lost or written twice. */
import assert from "node:assert/strict";
import { assertSame, many, readLayout2, type Value, writeClones } from "../server/kv/layout_2.ts";
import { manyEntries, readLayout3, writeEncoded } from "../server/kv/layout_3.ts";

interface Data {
  now: number;
  values: Value[];
  write(kv: Deno.Kv): Promise<void>;
}

const KILLS = 20;
const WHEN = ["before", "during", "after"];
// What these hold takes more pages than the kills can let pass: two each.
const MESSAGES = 10_000;
const ENTRIES = 20_500;

async function layout2(): Promise<Data> {
  const { workspace: { now }, values: some } = await readLayout2();
  const values = [...some, ...many(MESSAGES).filter(({ key }) => key[0] === "message")];
  return { now, values, write: (kv) => writeClones(kv, values) };
}

async function layout3(): Promise<Data> {
  const { expected: { now }, values: some } = await readLayout3();
  const entries = manyEntries(ENTRIES, now).filter(({ key }) => key[0] === "entry");
  const values = [...some.filter(({ key }) => key[0] !== "entry"), ...entries];
  return { now, values, write: (kv) => writeEncoded(kv, values) };
}

for (const [from, dataOf] of [[2, layout2], [3, layout3]] as const) {
  Deno.test(`a migration from layout ${from} that is killed at ${KILLS} places ends with what there was`, async () => {
    const { now, values, write } = await dataOf();
    const dataDir = await Deno.makeTempDir();
    try {
      const file = `${dataDir}/rivulet.sqlite`;
      await using(file, write);
      for (let at = 0; at < KILLS; at++) {
        // A page is a get, a list, perhaps a getMany, and a commit: these places are in three pages.
        const place = [1 + at * 5 % 8, WHEN[at % WHEN.length]];
        assert.equal((await migrating([dataDir, now, ...place])).signal, "SIGKILL", `it ended before ${place}`);
      }
      assert.equal((await migrating([dataDir, now])).code, 0);
      await using(file, (kv) => assertSame(kv, values));
    } finally {
      await Deno.remove(dataDir, { recursive: true });
    }
  });
}

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
  const command = ["run", "-A", script, ...args.map(String)];
  return await new Deno.Command(Deno.execPath(), { args: command }).spawn().status;
}
