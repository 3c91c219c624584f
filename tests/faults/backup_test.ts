/**
 * The restore drill: data are backed up while people send, and restored elsewhere. What is there is what was at one
 * version, all of it, and whoever holds an offset of before is told `gone`.
 */
import assert from "node:assert/strict";
import { type BackupHead, readBackup } from "../../lib/server/kv/backup_file.ts";
import { parseServerFrame } from "../support/frames.ts";
import type { StoredEntry } from "../../lib/server/kv/snapshot.ts";
import { pollAnswer } from "../../lib/protocol/poll.ts";
import { type Api, createApi } from "../support/api.ts";
import { setUpWorkspace } from "../support/people.ts";
import { startServer } from "../support/server.ts";
import { runTask } from "../support/task.ts";
import { denokvPath, startDenoKv } from "./denokv.ts";
import { headsOf } from "./heads.ts";
import { readStored } from "./stored.ts";

const SENDERS = 4;
const BEFORE = 200; // acknowledged sends when the backup begins
const EXPIRY_LATE_MS = 60_000; // what a restore may add to how long something is kept

interface Disk {
  /** Where the database file is. */
  dataDir: string;
  env: Record<string, string>;
  stop(): Promise<void>;
}

const disks: [name: string, ignore: boolean, open: () => Promise<Disk>][] = [
  ["the embedded file", false, () => Promise.resolve({ dataDir: newDir(), env: {}, stop: async () => {} })],
  ["denokv", denokvPath === undefined, async () => {
    const dataDir = newDir();
    return { dataDir, ...await startDenoKv(denokvPath ?? "", `${dataDir}/rivulet.sqlite`) };
  }],
];

function newDir(): string {
  return Deno.makeTempDirSync({ prefix: "rivulet_backup_" });
}

/** What a backup has, without its head. */
async function valuesIn(file: string): Promise<StoredEntry[]> {
  const isValue = (it: BackupHead | StoredEntry) => "key" in it;
  return (await Array.fromAsync(readBackup(file))).filter(isValue);
}

async function goneOf(api: Api, stream: string, offset: string): Promise<string[]> {
  const response = await api.post("../live/poll", { v: 1, streams: { [stream]: offset }, wait: 0 });
  const { frames } = pollAnswer.parse(await response.json());
  const known = frames.map((frame) => parseServerFrame(JSON.stringify(frame)));
  return known.map((frame) => frame?.t === "gone" ? `gone ${frame.reason}` : String(frame?.t));
}

for (const [name, ignore, open] of disks) {
  Deno.test({
    name: `a backup of ${name} under load is what was at one version, and comes back whole under a new epoch`,
    ignore,
    async fn() {
      const [source, target] = [await open(), await open()];
      const files = newDir();
      const settings = { LOG_LEVEL: "warn", LIMITS: "off" };
      let server = await startServer({ dataDir: source.dataDir, env: { ...settings, ...source.env } });
      try {
        const { owner } = await setUpWorkspace(server.url, server.token);
        const { room: { id: room } } = await owner.api.call("rooms.create", { name: "tides", visibility: "public" });
        const stream = `room:${room}`;
        const acknowledged: string[] = [];
        const enough = Promise.withResolvers<void>();
        let ending = false;
        const senders = Array.from({ length: SENDERS }, async (_, sender) => {
          for (let n = 0; !ending; n++) {
            const key = `backup-${sender}-${String(n).padStart(16, "0")}`;
            await owner.api.call("messages.send", { room, key, text: `${key} said` });
            if (acknowledged.push(key) === BEFORE) enough.resolve();
          }
        });
        await Promise.race([enough.promise, Promise.all(senders)]);
        const before = [...acknowledged];
        const place = name === "denokv" ? [`${source.dataDir}/rivulet.sqlite`] : [];
        const backup = `${files}/first`;
        const made = await runTask("backup", [backup, ...place], { DATA_DIR: source.dataDir, ...source.env });
        assert.equal(made.code, 0, made.stderr);
        const during = acknowledged.length;
        ending = true;
        await Promise.all(senders);
        assert(during > before.length, "people sent while it was made");
        const lost = (await headsOf({ ...server, up: async () => {} }, owner, [stream])).get(stream) ?? "";
        await server.stop();

        const into = { DATA_DIR: target.dataDir, ...target.env };
        const restored = await runTask("restore", [backup], into);
        assert.equal(restored.code, 0, restored.stderr);
        const again = await runTask("restore", [backup], into);
        assert.equal(again.code, 2);
        assert.match(again.stderr, /not empty/);

        const second = `${files}/second`;
        const place2 = name === "denokv" ? [`${target.dataDir}/rivulet.sqlite`] : [];
        assert.equal((await runTask("backup", [second, ...place2], into)).code, 0);
        const [one, other] = [await valuesIn(backup), await valuesIn(second)];
        assert.deepEqual(other.map(({ key, json }) => ({ key, json })), one.map(({ key, json }) => ({ key, json })));
        for (const [at, { key, expiresAt }] of one.entries()) {
          const late = (other[at]?.expiresAt ?? 0) - (expiresAt ?? 0);
          assert(Math.abs(late) < EXPIRY_LATE_MS, `${JSON.stringify(key)} expires ${late} ms later`);
        }

        server = await startServer({ dataDir: target.dataDir, env: { ...settings, ...target.env } });
        const api = createApi(server.url, owner.api.cookie());
        assert.deepEqual(await goneOf(api, stream, lost), ["gone epoch"]);
        const [first] = (await api.call("messages.list", { room, limit: 1 })).messages;
        const now = (await headsOf({ ...server, up: async () => {} }, { ...owner, api }, [stream])).get(stream) ?? "";
        assert.deepEqual(await goneOf(api, stream, `${lost.split("_")[0]}${now.slice(now.indexOf("_"))}`), [
          "gone epoch",
        ], "also an offset that is no newer");
        const key = "backup-after-0000000000000000";
        const { message: { seq } } = await api.call("messages.send", { room, key, text: "goes on" });
        assert.equal(seq, (first?.seq ?? 0) + 1);
        await server.stop();
        await source.stop();
        await target.stop();

        const [there, here] = [
          await readStored(source.dataDir, [room], []),
          await readStored(target.dataDir, [room], []),
        ];
        const named = ({ streams }: typeof here) =>
          streams.get(stream)?.map(({ seq, tag, type, at, by }) => ({ seq, tag, type, at, by })) ?? [];
        const kept = named(here).slice(0, -1); // but for the one that went on
        assert.deepEqual(kept, named(there).slice(0, kept.length), "the beginning of what went on there");
        const messages = kept.filter(({ type }) => type === "messages.sent");
        assert.deepEqual(messages.map(({ seq }) => seq).filter((seq) => !here.messages.get(room)?.has(seq)), []);
        assert.equal(here.heads.get(stream)?.n, messages.length + 1, "counted");
        const texts = new Set([...here.messages.get(room)?.values() ?? []].map(({ key }) => key));
        assert.deepEqual(before.filter((key) => !texts.has(key)), [], "all that was acknowledged before it is there");
      } finally {
        await server.stop();
        for (const disk of [source, target]) {
          await disk.stop();
          await Deno.remove(disk.dataDir, { recursive: true });
        }
        await Deno.remove(files, { recursive: true });
      }
    },
  });
}
