/**
 * Brings a data folder to today's layout and kills itself with SIGKILL at one place: before its `call`th call to storage,
 * while that is under way, or after it; with none it goes on to the end. `now` is the clock.
 */
import type { Database } from "../../lib/server/kv/database.ts";
import { migrate } from "../../lib/server/kv/layout.ts";
import { openDatabase } from "../../lib/server/kv/open.ts";

const DURING_MS = 2; // a commit of a page takes some more

const [dataDir = "", now, call = "0", when = ""] = Deno.args;
let calls = 0;

async function killing<T>(ask: () => Promise<T>): Promise<T> {
  const isLast = ++calls === Number(call);
  if (isLast && when === "before") die();
  const answer = ask();
  if (isLast && when === "during") setTimeout(die, DURING_MS);
  const given = await answer;
  if (isLast && when === "after") die();
  return given;
}

function die(): void {
  Deno.kill(Deno.pid, "SIGKILL");
}

const { db } = await openDatabase({ dataDir });
const spoilt: Database = {
  ...db,
  get: (key) => killing(() => db.get(key)),
  getMany: (keys) => killing(() => db.getMany(keys)),
  list: (selector, options) => killing(() => db.list(selector, options)),
  commit: (write) => killing(() => db.commit(write)),
};
await migrate(spoilt, { now: () => Number(now), say() {} });
db.close();
