import assert from "node:assert/strict";
import { within } from "../../faults/within.ts";

const MODULE = new URL("../../../lib/server/http/last_resort.ts", import.meta.url).href;
const CONFIG = new URL("../../../deno.json", import.meta.url).pathname;

/** A process whose only thread is busy for ever, without any permission, once it has said that it is. */
async function startBusy(how: string): Promise<Deno.ChildProcess> {
  const script = `data:text/javascript,${
    encodeURIComponent(`
    import { armLastResort } from "${MODULE}";
    Deno.addSignalListener("SIGTERM", () => Deno.exit(0));
    armLastResort(["SIGTERM"], 300);
    setTimeout(() => { console.log("busy"); ${how} }, 1_000);
  `)
  }`;
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--no-prompt", "--config", CONFIG, `--allow-import`, script],
    stdin: "null",
    stdout: "piped",
    stderr: "inherit",
  }).spawn();
  const reader = child.stdout.getReader();
  await within(20_000, "the process to be busy", reader.read());
  reader.releaseLock();
  return child;
}

const ways = [
  { name: "a loop without end", how: "for (;;);" },
  { name: "promises without end", how: "(async () => { for (;;) await undefined; })();" },
];

for (const { name, how } of ways) {
  Deno.test(`SIGTERM ends a process that is held by ${name}`, async () => {
    const child = await startBusy(how);
    try {
      child.kill("SIGTERM");
      const { signal } = await within(5_000, "the process to end", child.status);
      assert.equal(signal, "SIGKILL");
    } finally {
      try {
        child.kill("SIGKILL");
      } catch {
        // It has ended, as it should.
      }
      await child.status;
      await child.stdout.cancel();
    }
  });
}
