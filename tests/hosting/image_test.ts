/** The Dockerfile's instructions, tried in a root of their own: there is no container runtime here (image.ts). */
import assert from "node:assert/strict";
import { createApi } from "../support/api.ts";
import { freePort } from "../support/server.ts";
import { within } from "../faults/within.ts";
import { buildImage, type Image } from "./image.ts";

const ROOT = new URL("../../", import.meta.url).pathname;
const START_MS = 30_000; // on a busy machine
const STOP_MS = 5_000;
const SETUP_TOKEN = "a-token-for-the-first-run";
const mayMount = (await new Deno.Command("unshare", { args: ["--mount", "true"], stderr: "null" }).output()
  .catch(() => ({ success: false }))).success;

/** The ids of a process and all below it. */
async function family(pid: number): Promise<number[]> {
  const text = await Deno.readTextFile(`/proc/${pid}/task/${pid}/children`);
  const children = await Promise.all(text.trim().split(" ").filter((it) => it !== "").map((it) => family(Number(it))));
  return [...children.flat(), pid];
}

async function isUp(url: string): Promise<boolean> {
  const response = await fetch(`${url}/healthz`).catch(() => undefined);
  await response?.body?.cancel();
  return response?.ok ?? false;
}

/** Runs it until `body` is through, then asks it to stop as a container runtime does. */
async function running(image: Image, data: string, body: (url: string, pid: number, port: string) => Promise<void>) {
  const port = String(freePort());
  const url = `http://127.0.0.1:${port}`;
  const child = image.start(data, { PORT: port, HOST: "127.0.0.1", SETUP_TOKEN, LOG_LEVEL: "error" });
  try {
    const start = async () => {
      while (!await isUp(url)) await new Promise((done) => setTimeout(done, 20));
    };
    await within(START_MS, "the container to take requests", start());
    await body(url, child.pid, port);
    child.kill("SIGTERM");
    const { code } = await within(STOP_MS, "the container to stop", child.status);
    assert.equal(code, 0);
  } finally {
    for (const pid of await family(child.pid).catch(() => [])) Deno.kill(pid, "SIGKILL");
    await child.status;
  }
}

Deno.test({
  name: mayMount
    ? "the Dockerfile builds what runs as nobody special, on a root that cannot be written to, and stops in time"
    : "the Dockerfile: NOT TRIED, for nothing may be mounted here",
  ignore: !mayMount,
  async fn() {
    const dir = await Deno.makeTempDir({ prefix: "rivulet_image_" });
    try {
      const image = await buildImage(ROOT, dir);
      const data = `${dir}/data`;
      await Deno.mkdir(data);
      await Deno.chown(data, 1993, 1993);
      let room = "";
      await running(image, data, async (url, pid, port) => {
        for (const id of await family(pid)) {
          const [, uids] = /^Uid:\t(.+)$/m.exec(await Deno.readTextFile(`/proc/${id}/status`)) ?? [];
          assert.equal(uids, "1993\t1993\t1993\t1993");
        }
        assert.notEqual(await image.run(pid, "root", "touch /app/main.ts"), 0, "not even root writes to it");
        assert.equal(await image.run(pid, "deno", "touch /tmp/x && rm /tmp/x"), 0);
        assert.equal(
          await image.run(pid, "deno", "test -e /app/tests || test -e /app/.git || test -e /deno-dir/npm"),
          1,
        );
        assert.equal(await image.isHealthy(pid, { PORT: port }), true);
        assert.equal(await image.isHealthy(pid, { PORT: String(freePort()) }), false);
        const api = createApi(url);
        await api.setUp(SETUP_TOKEN);
        const { rooms: [line] } = await api.call("rooms.list", {});
        room = line?.room.id ?? "";
        await api.call("messages.send", { room, text: "kept in the volume", key: crypto.randomUUID() });
        const page = await fetch(`${url}/rooms/${room}`, { headers: api.headers() });
        assert.match(await page.text(), /kept in the volume/, "pages have their scripts and styles");
      });
      await running(image, data, async (url) => {
        const api = createApi(url);
        await api.signIn("noor", "correct horse battery");
        const { messages } = await api.call("messages.list", { room });
        assert.equal(messages.at(-1)?.text, "kept in the volume");
      });
    } finally {
      await Deno.remove(dir, { recursive: true });
    }
  },
});
