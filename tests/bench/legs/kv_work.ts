/** What a message costs in storage: mutations, commits and reads, counted where Rivulet calls its database. */
import { readConfig } from "../../../lib/server/config.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { openDatabase } from "../../../lib/server/kv/open.ts";
import type { Call, SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { OWNER } from "../../support/api.ts";
import { makeDataDir } from "../rivulet.ts";
import type { Row } from "../table.ts";

const MEMBERS = [1, 20];
const MESSAGES = 640;
const IN_FLIGHT = [1, 64];
const HOLD = 5; // mutations a message
const CALL: Call = { address: "127.0.0.1", origin: "http://127.0.0.1", agent: "bench", setSession() {} };

interface Counted {
  mutations: number;
  commits: number;
  /** Calls of get, getMany and list. */
  reads: number;
}

/** In this process, with everything else as in the server. */
export async function kvWork(): Promise<Row[]> {
  const dataDir = await makeDataDir();
  const { db, shared } = await openDatabase({ dataDir });
  const counted: Counted = { mutations: 0, commits: 0, reads: 0 };
  const services = await createServices({
    config: readConfig({ DATA_DIR: dataDir, LIMITS: "off" }),
    db: counting(db, counted),
    shared,
    failed: (error) => console.error(error),
  });
  try {
    const rows: Row[] = [];
    const people = await join(services, Math.max(...MEMBERS));
    for (const members of MEMBERS) {
      const room = await roomOf(services, people.slice(0, members));
      for (const inFlight of IN_FLIGHT) rows.push(await row({ services, people, room, members, inFlight, counted }));
    }
    return rows;
  } finally {
    await services.drain();
    services.close();
    await Deno.remove(dataDir, { recursive: true });
  }
}

function counting(db: Database, counted: Counted): Database {
  return {
    ...db,
    get(key) {
      counted.reads++;
      return db.get(key);
    },
    getMany(keys) {
      counted.reads++;
      return db.getMany(keys);
    },
    list(selector, options) {
      counted.reads++;
      return db.list(selector, options);
    },
    commit(write) {
      counted.commits++;
      counted.mutations += (write.sets?.length ?? 0) + (write.deletes?.length ?? 0);
      return db.commit(write);
    },
  };
}

/** The owner, and everybody else by one invite. */
async function join({ run, auth }: Services, count: number): Promise<SignedInCall[]> {
  const token = await auth.setupToken() ?? "";
  const { user } = await run("auth.setUp", { token, workspace: "Bench", ...OWNER }, CALL);
  const owner: SignedInCall = { ...CALL, user, session: "bench" };
  const { invite } = await run("invites.create", { uses: count }, owner);
  const others = await Promise.all(Array.from({ length: count - 1 }, async (_, i): Promise<SignedInCall> => {
    const fields = { invite, name: `Member ${i}`, handle: `member${i}`, password: OWNER.password };
    return { ...CALL, user: (await run("auth.signUp", fields, CALL)).user, session: "bench" };
  }));
  return [owner, ...others];
}

async function roomOf({ run }: Services, [owner, ...others]: SignedInCall[]): Promise<string> {
  if (!owner) throw new Error("A room needs somebody");
  const { room } = await run("rooms.create", { name: `of ${others.length + 1}`, visibility: "public" }, owner);
  for (const person of others) await run("rooms.join", { room: room.id }, person);
  return room.id;
}

interface Setting {
  services: Services;
  people: SignedInCall[];
  room: string;
  members: number;
  inFlight: number;
  counted: Counted;
}

async function row({ services, people, room, members, inFlight, counted }: Setting): Promise<Row> {
  const before = { ...counted };
  let next = 0;
  async function sender() {
    while (next < MESSAGES) {
      const key = `kv_work_${members}_${inFlight}_${next}`.padEnd(20, "_");
      const person = people[next++ % members];
      if (person) await services.run("messages.send", { room, text: "Two reads, one edge.", key }, person);
    }
  }
  await Promise.all(Array.from({ length: inFlight }, sender));
  const mutations = (counted.mutations - before.mutations) / MESSAGES;
  const commits = (counted.commits - before.commits) / MESSAGES;
  const reads = (counted.reads - before.reads) / MESSAGES;
  return {
    what: `KV mutations a message, room of ${members}, ${inFlight} in flight`,
    ours: `${mutations.toFixed(2)} (${commits.toFixed(2)} commits, ${reads.toFixed(2)} reads)`,
    hold: `≤ ${HOLD}`,
    held: mutations <= HOLD,
  };
}
