/**
 * What a page costs to make: CPU with compression, bytes as they are before it, and reads of storage that wait for one
 * another ("waves"). A person's rooms count, those of others don't: the same person's pages beside many rooms and beside
 * none.
 */
import process from "node:process";
import { createApp } from "../../../routes/app.tsx";
import { readConfig } from "../../../lib/server/config.ts";
import type { Call } from "../../../lib/server/commands/handlers.ts";
import type { Database } from "../../../lib/server/kv/database.ts";
import { setAt } from "../../../lib/server/kv/key.ts";
import { keys } from "../../../lib/server/kv/keys.ts";
import { openDatabase } from "../../../lib/server/kv/open.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { userStream } from "../../../lib/protocol/streams.ts";
import { OWNER } from "../../support/api.ts";
import { seedRooms } from "../../support/many.ts";
import { inWaves, type Waves } from "../../support/waves.ts";
import { makeDataDir } from "../rivulet.ts";
import { ms, type Row } from "../table.ts";

const ROUNDS = 3; // interleaved; the median counts
const PAGES = 8; // of each in a round
const MESSAGES = 30; // in the room that is shown: more than a screen
const UNREAD_EVERY = 10; // rooms: one of so many has something unread
const KB = 1_024;
const HOLD_CPU_MS = 15;
const HOLD_ROOM_CPU_MS = 3; // of a room's page, for somebody in 20 of 20 rooms
const HOLD_KB = 120;
const HOLD_WAVES = 4;
const HOLD_SAME = 1.2; // in 20 rooms of 5,000 against 20 of 20

interface Site {
  what: string;
  mine: number;
  cpuMs: Map<string, number[]>;
  bytes: Map<string, number>;
  waves: Map<string, number>;
  /** The page, compressed by default: its length. */
  get(path: string, encoding?: string): Promise<number>;
  during: Waves["during"];
  paths: Record<string, string>;
  close(): Promise<void>;
}

export async function pages(rooms: number): Promise<Row[]> {
  const sites = [await makeSite(500, rooms), await makeSite(20, rooms), await makeSite(20, 20)];
  try {
    for (const site of sites) {
      for (const path of Object.values(site.paths)) for (let i = 0; i < PAGES; i++) await site.get(path);
    }
    for (let round = 0; round < ROUNDS; round++) {
      for (const site of sites) for (const [name, path] of Object.entries(site.paths)) await measure(site, name, path);
    }
    for (const site of sites) {
      for (const [name, path] of Object.entries(site.paths)) {
        const read = async () => void site.bytes.set(name, await site.get(path, "identity"));
        site.waves.set(name, (await site.during(read)).length);
      }
    }
    return sites.flatMap((site) => rowsOf(site, sites));
  } finally {
    for (const site of sites) await site.close();
  }
}

async function measure(site: Site, name: string, path: string): Promise<void> {
  const before = cpuMs();
  for (let i = 0; i < PAGES; i++) await site.get(path);
  site.cpuMs.set(name, [...site.cpuMs.get(name) ?? [], (cpuMs() - before) / PAGES]);
}

function rowsOf(site: Site, sites: Site[]): Row[] {
  const alone = sites.at(-1);
  return Object.entries(site.paths).map(([name, path]): Row => {
    const cpu = median(site.cpuMs.get(name));
    const [kb, waves] = [(site.bytes.get(name) ?? 0) / KB, site.waves.get(name) ?? 0];
    const ours = `${ms(cpu)} CPU, ${Math.round(kb)} KB, ${waves} waves`;
    if (site === sites[0]) {
      const held = cpu <= HOLD_CPU_MS && kb <= HOLD_KB && waves <= HOLD_WAVES;
      const hold = `≤ ${HOLD_CPU_MS} ms, ${HOLD_KB} KB, ${HOLD_WAVES} waves`;
      return { what: `${name}, ${site.what}`, ours, hold, held };
    }
    if (site === alone && path.startsWith("/rooms/")) {
      return { what: `${name}, ${site.what}`, ours, hold: `≤ ${HOLD_ROOM_CPU_MS} ms`, held: cpu <= HOLD_ROOM_CPU_MS };
    }
    if (site === alone || name === "browse") return { what: `${name}, ${site.what}`, ours };
    const theirs = median(alone?.cpuMs.get(name));
    const held = cpu <= theirs * HOLD_SAME;
    return { what: `${name}, ${site.what}`, ours, theirs: ms(theirs), ratio: cpu / theirs, hold: "same", held };
  });
}

/** A workspace in this process, with a person who is in `mine` rooms. */
async function makeSite(mine: number, rooms: number): Promise<Site> {
  const dataDir = await makeDataDir();
  const opened = await openDatabase({ dataDir });
  const { db, during } = inWaves(opened.db);
  const config = readConfig({ DATA_DIR: dataDir, LIMITS: "off", SETUP_TOKEN: "bench" });
  const services = await createServices({ config, db, shared: false, failed: (error) => console.error(error) });
  const { cookie, room, inside } = await seed(services, db, mine, rooms);
  const app = createApp(services);
  const headers = { host: "localhost", accept: "text/html", cookie };
  return {
    what: `in ${mine} of ${rooms} rooms`,
    mine,
    during,
    cpuMs: new Map(),
    bytes: new Map(),
    waves: new Map(),
    paths: {
      room: `/rooms/${room}`,
      "private room": `/rooms/${inside}`,
      feed: "/feed",
      settings: "/settings",
      browse: "/rooms",
    },
    async get(path, encoding = "br") {
      const response = await app.request(`http://localhost${path}`, {
        headers: { ...headers, "accept-encoding": encoding },
      });
      if (response.status !== 200) throw new Error(`GET ${path} gave ${response.status}`);
      return (await response.bytes()).length;
    },
    async close() {
      services.close();
      await Deno.remove(dataDir, { recursive: true });
    },
  };
}

async function seed(services: Services, db: Database, mine: number, rooms: number) {
  const cookie = { token: "" };
  const call: Call = {
    address: "127.0.0.1",
    origin: "http://localhost",
    agent: "bench",
    setSession: (token) => cookie.token = token ?? "",
  };
  const setUp = { token: services.config.setupToken ?? "", workspace: "Bench", name: "Owner", handle: OWNER.handle };
  const { user } = await services.run("auth.setUp", { ...setUp, password: OWNER.password }, call);
  const signedIn = await services.auth.identify(cookie.token);
  if (!signedIn) throw new Error("Nobody is signed in");
  const own = { ...call, user, session: signedIn.session };
  const { room } = await services.run("rooms.create", { name: "shown", visibility: "public" }, own);
  const { room: inside } = await services.run("rooms.create", { name: "inside", visibility: "private" }, own);
  for (let i = 0; i < 2 * MESSAGES; i++) {
    const text = `Line ${i} of what somebody writes in a room, about as long as most are.`;
    const key = `bench-key-${String(i).padStart(10, "0")}`;
    await services.run("messages.send", { room: i < MESSAGES ? room.id : inside.id, text, key }, own);
  }
  const named = (from: number, to: number) =>
    Array.from({ length: to - from }, (_, i) => `room${String(from + i).padStart(8, "0")}`);
  const others = mine - 3; // beside the two and the lobby
  await seedRooms(db, room.id, { named: named(0, others), member: user.id });
  await seedRooms(db, room.id, { named: named(others, rooms - 3) });
  const read = { seq: MESSAGES + 1, data: { room: "", seq: MESSAGES + 1, n: MESSAGES } };
  for (const [at, id] of named(0, others).entries()) {
    const isNew = at % UNREAD_EVERY === 0;
    const mark = setAt(keys.latest(userStream(user.id), `reads ${id}`), { ...read, data: { ...read.data, room: id } });
    await db.commit({ sets: [setAt(keys.member(id, user.id), true), ...(isNew ? [] : [mark])] });
  }
  return { cookie: `rivulet_session_80=${cookie.token}`, room: room.id, inside: inside.id };
}

/** CPU of this process until now, ms. */
function cpuMs(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1_000;
}

function median(all: number[] = []): number {
  return all.toSorted((a, b) => a - b)[Math.floor(all.length / 2)] ?? 0;
}
