/** What the files for containers and systemd say, as far as it can be read without running them. */
import assert from "node:assert/strict";
import { SETTINGS } from "../../lib/server/config.ts";
import deno from "../../deno.json" with { type: "json" };

const ROOT = new URL("../../", import.meta.url).pathname;
const read = (path: string) => Deno.readTextFile(`${ROOT}${path}`);
const hasAnalyze = await Deno.stat("/usr/bin/systemd-analyze").then(() => true, () => false);
/** Of Deno and of the other images, not of Rivulet. */
const FOREIGN = ["DENO_DIR", "DENO_NO_UPDATE_CHECK", "HOST_NAME", "INSTANCES"];

Deno.test("the image's stages have one base, by digest, of the version that CI runs", async () => {
  const bases = [...(await read("Dockerfile")).matchAll(/^FROM (\S+)/gm)].map(([, base = ""]) => base);
  const [, version] = /^denoland\/deno:([\d.]+)@sha256:[0-9a-f]{64}$/.exec(bases[0] ?? "") ?? [];
  assert.equal(new Set(bases).size, 1);
  assert.match(await read(".ci/run"), new RegExp(`npx -y deno@${version?.replaceAll(".", "\\.")} `));
});

Deno.test("compose.yaml, the image and the unit set what there is to set, and start a task that there is", async () => {
  const [compose, dockerfile, unit] = [
    await read("compose.yaml"),
    await read("Dockerfile"),
    await read("lib/hosting/rivulet.service"),
  ];
  const set = [
    ...[...compose.matchAll(/^ {4,6}([A-Z_]+):/gm)].map(([, name = ""]) => name),
    ...[...`${dockerfile}\n${unit}`.matchAll(/^(?:ENV |Environment=)(.+)$/gm)].flatMap(([, pairs = ""]) =>
      pairs.split(" ").map((pair) => pair.split("=")[0] ?? "")
    ),
  ];
  assert(set.length > 20);
  assert.deepEqual(set.filter((name) => !SETTINGS.includes(name) && !FOREIGN.includes(name)), []);
  const tasks = [...`${unit}`.matchAll(/^ExecStart=\S+ task --quiet (\S+)$/gm)].map(([, name]) => name);
  assert.deepEqual(tasks, ["serve"]);
  assert.match(dockerfile, /^CMD \["deno", "task", "--quiet", "serve"\]$/m);
  assert("serve" in deno.tasks);
});

Deno.test({
  name: hasAnalyze
    ? "systemd finds nothing wrong with the unit, and little that it exposes"
    : "the unit: NOT TRIED, there is no systemd-analyze",
  ignore: !hasAnalyze,
  async fn() {
    const dir = await Deno.makeTempDir();
    try {
      const path = `${dir}/rivulet.service`; // its own path of Deno is elsewhere
      await Deno.writeTextFile(
        path,
        (await read("lib/hosting/rivulet.service")).replace("/usr/local/bin/deno", "/bin/true"),
      );
      const analyze = async (...args: string[]) => {
        const { code, stdout, stderr } = await new Deno.Command("/usr/bin/systemd-analyze", { args }).output();
        return { code, text: new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr) };
      };
      assert.deepEqual(await analyze("verify", path), { code: 0, text: "" });
      const { text } = await analyze("security", "--offline=yes", "--no-pager", path);
      const [, exposure] = /exposure level for rivulet\.service: ([\d.]+)/.exec(text) ?? [];
      assert(Number(exposure) < 2.5, `${exposure}`);
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
