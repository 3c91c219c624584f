/** Rivulet as the bench runs it: the real server with its limits off, its data on the disk that the checkout is on. */
import { type Api, createApi, OWNER } from "../support/api.ts";
import { type Server, startServer } from "../support/server.ts";
import type { KeepAlive, Line } from "./job.ts";
import { root } from "./processes.ts";

const PATH = "/live/ws?v=1";
const SIGN_UPS_AT_ONCE = 40; // hashing passwords takes its time, and more than so many are refused
const PING_MS = 10_000; // well below what any server asks for

export const ACK = '{"t":"reply"';
export const KEEP_ALIVE: KeepAlive = { every: { ms: PING_MS, said: '{"t":"ping","id":1}' } };

const made: string[] = [];

export interface Rivulet {
  server: Server;
  /** The owner's. */
  api: Api;
  stop(): Promise<void>;
}

/** A folder on the checkout's own disk: /tmp may be memory, and then nothing would be durable. */
export async function makeDataDir(): Promise<string> {
  await Deno.mkdir(`${root}data`, { recursive: true });
  const dir = await Deno.makeTempDir({ dir: `${root}data`, prefix: "bench_" });
  made.push(dir);
  return dir;
}

/** Removes what `makeDataDir` made and nobody removed: a leg that fails leaves its folder, a million messages in it. */
export function removeDataDirs(): void {
  for (const dir of made.splice(0)) {
    try {
      Deno.removeSync(dir, { recursive: true });
    } catch (error) {
      if (!(error instanceof Deno.errors.NotFound)) throw error;
    }
  }
}

/** Starts it with a workspace and its owner signed in. With a `dataDir` the workspace is there already, and stays. */
export async function startRivulet(dataDir?: string): Promise<Rivulet> {
  const dir = dataDir ?? await makeDataDir();
  const server = await startServer({ dataDir: dir, env: { LIMITS: "off" } });
  const api = createApi(server.url);
  async function stop() {
    await server.stop();
    if (dataDir === undefined) await Deno.remove(dir, { recursive: true });
  }
  try {
    if (server.token === undefined) await api.signIn(OWNER.handle, OWNER.password);
    else await api.setUp(server.token);
  } catch (error) {
    await stop();
    throw error;
  }
  return { server, api, stop };
}

/** So many people besides the owner, by one invite, each signed in. */
export async function createPeople(
  { server, api }: { server: Pick<Server, "url">; api: Api },
  count: number,
): Promise<Api[]> {
  const { invite } = await api.call("invites.create", { uses: count });
  const people: Api[] = [];
  for (let at = 0; at < count; at += SIGN_UPS_AT_ONCE) {
    const page = Array.from({ length: Math.min(SIGN_UPS_AT_ONCE, count - at) }, async (_, i) => {
      const person = createApi(server.url);
      const fields = { invite, name: `Person ${at + i}`, handle: `person${at + i}`, password: OWNER.password };
      await person.call("auth.signUp", fields);
      return person;
    });
    people.push(...await Promise.all(page));
  }
  return people;
}

export async function createRoom(api: Api, name: string): Promise<string> {
  return (await api.call("rooms.create", { name, visibility: "public" })).room.id;
}

/** A connection of this person's that only calls. */
export function caller(api: Api): Line {
  return { path: PATH, headers: api.headers(), steps: [{ hear: '"t":"welcome"' }] };
}

/** A connection that follows rooms from now on, as the browser's client does. */
export function follower(api: Api, ...rooms: string[]): Line {
  const streams = Object.fromEntries(rooms.map((room) => [`room:${room}`, "now"]));
  const follow = JSON.stringify({ t: "follow", streams, compact: true });
  return {
    path: PATH,
    headers: api.headers(),
    steps: [{ hear: '"t":"welcome"', say: follow }, { hear: '"t":"followed"' }],
  };
}

/** The frame that sends `text` to a room; the loader fills in `%N` and `%R`. */
export function sendFrame(room: string, text: string): string {
  const body = { room, text, key: "bench_%R_%N" };
  return `{"t":"call","id":%N,"name":"messages.send","body":${JSON.stringify(body)}}`;
}
