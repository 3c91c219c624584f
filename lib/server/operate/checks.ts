/** What `deno task doctor` looks at. Each look gives what it found, in words for whoever runs the server. */
import { statfs } from "node:fs/promises";
import type { Config } from "../config.ts";
import { CannotOpen } from "../kv/cannot_open.ts";
import { fileIn } from "../kv/data_dir.ts";
import { LAYOUT, RESTORING } from "../kv/layout.ts";
import { openDatabase } from "../kv/open.ts";
import { openSnapshot } from "../kv/snapshot.ts";

/** `wrong`: it does not work so; `mind`: it works, but not as it should. */
export interface Finding {
  how: "ok" | "mind" | "wrong";
  text: string;
}

const DENO_MIN = [2, 5] as const; // the oldest that the server was started on
const MIB = 1024 * 1024;
const FREE_MIN = 256 * MIB;
const TRIES = 5; // of which the one in the middle counts
const SYNC_SLOW_MS = 20; // every send waits for one
const ROUND_TRIP_SLOW_MS = 30;
const ASK_MS = 5_000;
const CLOCK_OFF_MS = 5_000;
const LOCAL = /^(localhost|127\..*|\[::1\])$/;

const ok = (text: string): Finding => ({ how: "ok", text });
const mind = (text: string): Finding => ({ how: "mind", text });
const wrong = (text: string): Finding => ({ how: "wrong", text });

export function checkVersions(version: string, deno: string, isBuilt: boolean): Finding[] {
  const [major = 0, minor = 0] = deno.split(".").map(Number);
  const isOld = major < DENO_MIN[0] || (major === DENO_MIN[0] && minor < DENO_MIN[1]);
  return [
    isOld
      ? wrong(`Deno ${deno} is too old; install ${DENO_MIN.join(".")} or later`)
      : ok(`Rivulet ${version} on Deno ${deno}`),
    isBuilt ? ok("The pages are built") : wrong("The pages are not built; run deno task build"),
  ];
}

export function checkSettings({ publicUrl, trustProxy, limits }: Config): Finding[] {
  const found: Finding[] = [];
  const url = publicUrl === undefined ? undefined : new URL(publicUrl);
  if (!url) found.push(mind("PUBLIC_URL is unset, so links in invites have whatever address the reader came by"));
  else if (url.protocol === "http:" && !LOCAL.test(url.hostname)) {
    found.push(mind(`PUBLIC_URL is ${publicUrl}: over plain http everybody on the way can read passwords`));
  }
  if (url?.protocol === "https:" && trustProxy.length === 0) {
    found.push(mind("TRUST_PROXY is unset, so behind a proxy all people share one address and its limits"));
  }
  if (trustProxy.some((network) => /\/0+$/.test(network))) {
    found.push(wrong("TRUST_PROXY trusts every address, so anybody can claim any address; name only your proxies"));
  }
  if (!limits) found.push(wrong("LIMITS is off, so one person can hold up all others; unset it"));
  return found.length > 0 ? found : [ok("The settings fit together")];
}

/** The data folder: who may read it, room on the disk, how long it takes to write, and what the database is. */
export async function checkDataDir(dir: string, now: number): Promise<Finding[]> {
  const { mode, isDirectory } = await Deno.stat(dir).catch(() => ({ mode: undefined, isDirectory: undefined }));
  if (isDirectory === undefined) return [mind(`DATA_DIR: there is no ${dir} yet; the first start makes it`)];
  if (!isDirectory) return [wrong(`DATA_DIR: ${dir} is no folder`)];
  const found: Finding[] = [];
  if (((mode ?? 0) & 0o007) !== 0) {
    found.push(mind(`DATA_DIR: others on this machine may look into ${dir}; run chmod o-rwx ${dir}`));
  }
  const { bavail, bsize } = await statfs(dir);
  const free = Math.floor(bavail * bsize / MIB);
  const { size, mtime } = await Deno.stat(fileIn(dir)).catch(() => ({ size: 0, mtime: null }));
  const enough = Math.floor(Math.max(FREE_MIN, size) / MIB);
  found.push(
    free < enough
      ? wrong(`DATA_DIR: the disk has ${free} MiB left, and should have ${enough} or more`)
      : ok(`DATA_DIR: the disk has ${free} MiB left`),
  );
  if (mtime && mtime.getTime() > now + CLOCK_OFF_MS) {
    found.push(wrong(`The clock is wrong: it says ${new Date(now).toISOString()}, before the last write of the data`));
  }
  try {
    const ms = await syncMs(dir);
    const text = `DATA_DIR: a write reaches the disk in ${ms.toFixed(1)} ms`;
    found.push(ms > SYNC_SLOW_MS ? mind(`${text}, and each message waits for one; a faster disk helps`) : ok(text));
  } catch (error) {
    found.push(wrong(`DATA_DIR: cannot write into ${dir}: ${reasonOf(error)}`));
  }
  return size === 0 ? found : [...found, await checkDatabase(fileIn(dir))];
}

/** KV Connect: whether it answers, and how fast. */
export async function checkKv(kv: { url: string; token: string }): Promise<Finding[]> {
  try {
    const { db } = await openDatabase({ dataDir: "", kv });
    try {
      const ms = await middleMs(() => db.list({ prefix: [] }, { limit: 1 }));
      const text = `KV_URL: the database answers in ${ms.toFixed(1)} ms`;
      return [ms > ROUND_TRIP_SLOW_MS ? mind(`${text}; each message takes a few answers, so put it nearer`) : ok(text)];
    } finally {
      db.close();
    }
  } catch (error) {
    return [wrong(`${error instanceof CannotOpen ? error.setting : "KV_URL"}: ${reasonOf(error)}`)];
  }
}

/** The way that people take: whether the server answers there, in which version, and by what time. */
export async function checkPublicUrl(url: string, version: string, now: () => number): Promise<Finding[]> {
  try {
    const response = await fetch(`${url}/healthz`, { redirect: "manual", signal: AbortSignal.timeout(ASK_MS) });
    const text = await response.text();
    const body: { status?: unknown; version?: unknown } = Object(JSON.parse(text.startsWith("{") ? text : "{}"));
    if (body.version === undefined) {
      return [
        wrong(`PUBLIC_URL: ${url} answers ${response.status}, but not as Rivulet; look at what the proxy passes on`),
      ];
    }
    const found = [
      body.status === "ok" ? ok(`PUBLIC_URL: ${url} answers`) : wrong(`PUBLIC_URL: ${url} says ${body.status}`),
    ];
    if (body.version !== version) found.push(mind(`PUBLIC_URL: version ${body.version} runs there, not ${version}`));
    const off = Date.parse(response.headers.get("date") ?? "") - now();
    if (Math.abs(off) > CLOCK_OFF_MS) {
      found.push(mind(`The clock here and that at ${url} are ${Math.round(Math.abs(off) / 1_000)} s apart`));
    }
    return found;
  } catch (error) {
    return [wrong(`PUBLIC_URL: ${url} does not answer (${reasonOf(error)}); does the server run, and its proxy?`)];
  }
}

async function checkDatabase(file: string): Promise<Finding> {
  try {
    const snapshot = await openSnapshot(file);
    snapshot.close();
    const { layout } = snapshot;
    if (layout === RESTORING) return wrong("DATA_DIR: a restore was not finished; run deno task restore again");
    if (layout === null || layout === LAYOUT) return ok("DATA_DIR: the database can be read");
    if (typeof layout === "number" && layout > LAYOUT) return wrong("DATA_DIR: a newer Rivulet wrote the database");
    return mind("DATA_DIR: an older Rivulet wrote the database; the next start brings it over");
  } catch (error) {
    return wrong(`DATA_DIR: ${file} cannot be read: ${reasonOf(error)}`);
  }
}

async function syncMs(dir: string): Promise<number> {
  const path = await Deno.makeTempFile({ dir, prefix: "doctor_" });
  try {
    using file = await Deno.open(path, { write: true });
    return await middleMs(async () => {
      await file.write(new Uint8Array(1));
      await file.sync();
    });
  } finally {
    await Deno.remove(path);
  }
}

async function middleMs(ask: () => Promise<unknown>): Promise<number> {
  const times: number[] = [];
  while (times.length < TRIES) {
    const began = performance.now();
    await ask();
    times.push(performance.now() - began);
  }
  return times.toSorted((a, b) => a - b)[TRIES >> 1] ?? 0;
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
