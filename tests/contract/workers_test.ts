/** Workers leave the cores to the main thread where both want one, in the process and with the permissions of `start`. */
import assert from "node:assert/strict";
import { createHashWorker } from "../../lib/server/auth/hash_worker.ts";
import { createParser } from "../../lib/server/messages/parser.ts";
import { setUpWorkspace } from "../support/people.ts";
import { startServer } from "../support/server.ts";

const NICER = 5;
const NICE_MAX = 19;
const PATIENT_MS = 300_000; // in a test a worker's script is type-checked first
const ignore = Deno.build.os !== "linux"; // elsewhere threads have no niceness of their own

/** The niceness of each thread of a process, by name (proc_pid_stat(5)). */
function nicesOf(pid: number): Map<string, number> {
  const threads = [...Deno.readDirSync(`/proc/${pid}/task`)].map(({ name }) => {
    const stat = Deno.readTextFileSync(`/proc/${pid}/task/${name}/stat`);
    const end = stat.lastIndexOf(")");
    return [`${name} ${stat.slice(stat.indexOf("(") + 1, end)}`, Number(stat.slice(end + 2).split(" ")[16])] as const;
  });
  return new Map(threads);
}

/** That the process has nicer threads, as many as it has workers or more: a thread is as nice as the one that began it. */
function assertNicer(pid: number, workers: number): void {
  const nices = nicesOf(pid);
  const main = nices.get(`${pid} deno`) ?? NaN;
  const nicer = Math.min(NICE_MAX, main + NICER);
  const count = [...nices.values()].filter((nice) => nice === nicer).length;
  assert.ok(count >= workers, `threads: ${JSON.stringify([...nices])}`);
}

Deno.test({
  name: "workers that hash and parse are nicer than the main thread",
  ignore,
  async fn() {
    const of = (path: string) => ({
      entry: new URL(`../../lib/server/${path}`, import.meta.url),
      deadlineMs: PATIENT_MS,
    });
    const hashes = createHashWorker(of("auth/argon2_worker.ts"));
    const parser = createParser(of("messages/parse_worker.ts"));
    try {
      await hashes.argon2id("correct horse");
      await parser.parse("ann", "*a* ".repeat(1_000));
      assertNicer(Deno.pid, 2);
    } finally {
      hashes.close();
      parser.close();
    }
  },
});

Deno.test({
  name: "they are with the permissions of `deno task start`",
  ignore,
  async fn() {
    const server = await startServer();
    try {
      const { owner: { api } } = await setUpWorkspace(server.url, server.token);
      const { room } = await api.call("rooms.create", { name: "Long", visibility: "public" });
      await api.call("messages.send", { room: room.id, text: "*a* ".repeat(1_000), key: crypto.randomUUID() });
      assertNicer(server.pid, 2);
    } finally {
      await server.stop();
    }
  },
});
