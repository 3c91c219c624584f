/** The first `deno task start` of a fresh clone: what it installs, and what it says. */
import assert from "node:assert/strict";
import { within } from "../faults/within.ts";
import { freePort } from "../support/server.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const CLONED = ["main.ts", "deno.json", "deno.lock", "lib", "routes", "islands", "static"];
const START_MS = 60_000; // with a build
const PACKAGES_MAX_BYTES = 40 * 2 ** 20; // on the disk
const LINE_MAX = 80; // characters of the one line that the runtime says
const BLOCK_BYTES = 512;

/** What the files of a folder take on the disk, links not followed. */
async function bytesOn(folder: string): Promise<number> {
  let bytes = 0;
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    const { blocks, size } = await Deno.lstat(`${folder}/${name}`);
    bytes += blocks === null ? size : blocks * BLOCK_BYTES;
    if (isDirectory) bytes += await bytesOn(`${folder}/${name}`);
  }
  return bytes;
}

Deno.test("a first start installs 40 MB at most, says its address after one line, and drains from then on", async () => {
  const clone = await Deno.makeTempDir({ prefix: "rivulet_clone_" });
  try {
    for (const name of CLONED) {
      assert((await new Deno.Command("cp", { args: ["-r", ROOT + name, clone] }).output()).success);
    }
    const child = new Deno.Command(Deno.execPath(), {
      args: ["task", "start"],
      cwd: clone,
      env: { HOST: "127.0.0.1", PORT: String(freePort()), DATA_DIR: `${clone}/data`, NO_COLOR: "1" },
      stdin: "null",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
    const said = { stdout: "", stderr: "" };
    const address = Promise.withResolvers<void>();
    const reading = (["stdout", "stderr"] as const).map(async (name) => {
      for await (const text of child[name].pipeThrough(new TextDecoderStream())) {
        said[name] += text;
        if (/https?:\/\/\S+\n/.test(said.stdout)) address.resolve();
      }
    });
    try {
      await within(START_MS, "the address", Promise.race([address.promise, child.status]));
    } finally {
      child.kill("SIGTERM");
    }
    const { code } = await child.status;
    await Promise.all(reading);
    assert.match(said.stdout, /^Set up Rivulet at http:\S+\n$/);
    assert.match(said.stderr, new RegExp(`^Task start .{1,${LINE_MAX}}\n$`));
    assert.equal(code, 0);
    const bytes = await bytesOn(`${clone}/node_modules`);
    assert(bytes <= PACKAGES_MAX_BYTES, `${bytes} bytes`);
  } finally {
    await Deno.remove(clone, { recursive: true });
  }
});
