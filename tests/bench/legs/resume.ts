/** 5,000 followers come back at once after a restart, each a little behind: how long that takes, and what storage reads. */
import { createApp } from "../../../routes/app.tsx";
import { serve as listen } from "../../../lib/server/http/server.ts";
import { readConfig } from "../../../lib/server/config.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { openDatabase } from "../../../lib/server/kv/open.ts";
import { createServices } from "../../../lib/server/services.ts";
import { type Api, createApi } from "../../support/api.ts";
import type { Idle, Line } from "../job.ts";
import { load } from "../processes.ts";
import { createPeople, createRoom, KEEP_ALIVE, makeDataDir } from "../rivulet.ts";
import { ms, type Row } from "../table.ts";

const ROOMS = 50;
const SOCKETS_A_PERSON = 100; // the server's limit
const MISSED = 10; // messages a room while everybody was away
const HOLD_MS = 5_000;
const HOLD_READS = 10; // of a room's head, events and messages, however many follow it

/** Reads of storage by the first part of their keys. */
type Reads = Map<string, number>;

export async function resume(count: number): Promise<Row[]> {
  const dataDir = await makeDataDir();
  try {
    const before = await serve(dataDir, 0, (db) => db);
    const api = createApi(before.url);
    await api.setUp(before.token);
    const rooms = await Promise.all(Array.from({ length: ROOMS }, (_, at) => createRoom(api, `room ${at}`)));
    const people = await createPeople({ server: before, api }, Math.ceil(count / SOCKETS_A_PERSON));
    const lines: Line[] = [];
    for (const [at, room] of rooms.entries()) {
      const person = people[at % people.length];
      if (person) lines.push(comingBack(person, room, await missing(api, room)));
    }
    await before.stop();

    const reads: Reads = new Map();
    const after = await serve(dataDir, before.port, (db) => counting(db, reads));
    const { open, ms: took } = await load<Idle>({
      kind: "idle",
      port: after.port,
      keepAlive: KEEP_ALIVE,
      count,
      lines,
      once: true,
    });
    await after.stop();
    const ofRooms = ["head", "log", "message", "room"].reduce((sum, family) => sum + (reads.get(family) ?? 0), 0);
    const listed = [...reads].sort(([, a], [, b]) => b - a).map(([family, times]) => `${family} ${times}`).join(", ");
    return [
      {
        what: `${count} followers of ${ROOMS} rooms back after a restart, ${MISSED} messages behind`,
        ours: `${ms(took)}${open === count ? "" : ` (${open} came)`}`,
        hold: `≤ ${ms(HOLD_MS)}`,
        held: took <= HOLD_MS && open === count,
      },
      {
        what: "keys and ranges read meanwhile, a room: of heads, events, messages and rooms",
        ours: `${(ofRooms / ROOMS).toFixed(1)} (all: ${listed})`,
        hold: `≤ ${HOLD_READS}, by room, not by follower`,
        held: ofRooms / ROOMS <= HOLD_READS,
      },
    ];
  } finally {
    await Deno.remove(dataDir, { recursive: true });
  }
}

/** Rivulet in this process, so that its reads can be counted. */
async function serve(dataDir: string, port: number, around: (db: Database) => Database) {
  const { db, shared } = await openDatabase({ dataDir });
  const services = await createServices({
    config: readConfig({ DATA_DIR: dataDir, LIMITS: "off", LOG_LEVEL: "error" }),
    db: around(db),
    shared,
    failed: (error) => console.error(error),
  });
  const app = createApp(services);
  const server = await listen({ host: "127.0.0.1", port, deploy: false }, (request, peer) => app.fetch(request, peer));
  return {
    url: `http://127.0.0.1:${server.port}`,
    port: server.port,
    token: await services.auth.setupToken() ?? "",
    async stop() {
      await services.drain();
      await server.shutdown();
      services.close();
    },
  };
}

function counting(db: Database, reads: Reads): Database {
  const count = (key: Deno.KvKey | undefined) => {
    const family = String(key?.[0]);
    reads.set(family, (reads.get(family) ?? 0) + 1);
  };
  return {
    ...db,
    get(key) {
      count(key);
      return db.get(key);
    },
    getMany(keys) {
      for (const key of keys) count(key);
      return db.getMany(keys);
    },
    list(selector, options) {
      count("prefix" in selector ? selector.prefix : selector.start);
      return db.list(selector, options);
    },
  };
}

/** Sends what everybody misses, and gives the offset from which it is missing. */
async function missing(api: Api, room: string): Promise<string> {
  const { offset } = await api.call("messages.list", { room, limit: 1 });
  for (let at = 0; at < MISSED; at++) {
    await api.call("messages.send", {
      room,
      text: `missed ${at}`,
      key: `missed_${room.slice(0, 20)}_${at}`.padEnd(16, "_"),
    });
  }
  return offset;
}

/** Follows from there, and is back once it has what was missed. */
function comingBack(person: Api, room: string, offset: string): Line {
  return {
    path: "/live/ws?v=1",
    headers: person.headers(),
    steps: [
      { hear: '"t":"welcome"', say: JSON.stringify({ t: "follow", streams: { [`room:${room}`]: offset } }) },
      { hear: `missed ${MISSED - 1}` },
    ],
  };
}
