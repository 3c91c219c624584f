/**
 * Fault 17 of tests/README.md: an older copy of the data is put back under those who follow. Whoever is past it is told
 * `gone`, before and after the copy has gone on differently; whoever is not goes on.
 */
import assert from "node:assert/strict";
import { parseServerFrame } from "../support/frames.ts";
import { roomStream } from "../../lib/protocol/streams.ts";
import { createFollower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import { openLine, type Transport } from "./lines.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { type Site, withSite } from "./site.ts";
import { within } from "./within.ts";

const TRANSPORTS: Transport[] = ["ws", "sse", "poll"];
const BEFORE = 12; // messages in the copy
const LOST = 5; // behind it
const OTHERS = 9; // after it was put back: more than were lost
const PROGRESS_MS = 20_000;
const GONE_MS = 5_000;

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to, { recursive: true });
  for await (const { name, isFile, isDirectory } of Deno.readDir(from)) {
    if (isFile) await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
  }
}

async function emptyFolder(folder: string): Promise<void> {
  for await (const { name } of Deno.readDir(folder)) await Deno.remove(`${folder}/${name}`, { recursive: true });
}

/** What whoever comes from an offset is told: the seqs up to `last`, or why none. */
async function resume(site: Site, transport: Transport, stream: string, offset: string, last: number) {
  const seqs: number[] = [];
  let position = offset;
  const line = await openLine(transport, {
    site,
    person: site.owner,
    streams: [stream],
    positionOf: () => position,
    stands: () => {},
    cursor: {},
  });
  try {
    while ((seqs.at(-1) ?? 0) < last) {
      for (const text of await within(PROGRESS_MS, `${transport} from ${offset}`, line.next())) {
        const frame = parseServerFrame(text);
        if (frame?.t === "gone") return frame.reason;
        if (frame?.t !== "events") continue;
        assert.equal(frame.from, position, transport);
        position = frame.to;
        seqs.push(...frame.events.map(({ seq }) => seq));
      }
    }
    return seqs;
  } finally {
    await line.drop();
  }
}

Deno.test("fault 17: of an older copy that is put back whoever is past it gets gone, and whoever is not goes on", async () => {
  const random = createRandom(chosenSeed("restored"));
  const backup = await Deno.makeTempDir({ prefix: "rivulet_backup_" });
  await withSite(async (site) => {
    const { owner, dataDir } = site;
    const { room: { id: room } } = await owner.api.call("rooms.create", { name: "gauges", visibility: "public" });
    const stream = roomStream(room);
    let made = 0;
    const send = async (count: number) => {
      for (let n = 0; n < count; n++) {
        const key = `restored-${String(++made).padStart(16, "0")}`;
        await owner.api.call("messages.send", { room, key, text: `${key} said` });
      }
    };
    const head = async () => (await headsOf(site, owner, [stream])).get(stream) ?? "";

    await send(BEFORE);
    const copied = await head();
    await site.killAndRestart(() => copyFolder(dataDir, backup));
    assert.equal(await head(), copied);

    const followers = TRANSPORTS.map((transport) => createFollower(site, owner, [stream], random.fork(), [transport]));
    await send(LOST);
    const lost = await head();
    for (const follower of followers) await follower.reached(new Map([[stream, lost]]), PROGRESS_MS);

    await site.killAndRestart(async () => {
      await emptyFolder(dataDir);
      await copyFolder(backup, dataDir);
    });
    for (const [at, follower] of followers.entries()) {
      const reached = follower.reached(new Map([[stream, "another"]]), GONE_MS);
      await assert.rejects(reached, /"t":"gone".*"reason":"epoch"/, `${TRANSPORTS[at]}: past what there is`);
      await assert.rejects(follower.stop(), /epoch/);
      assert.equal(follower.positions.get(stream), lost, "and nothing else");
    }

    await send(OTHERS);
    const now = await head();
    assert(now.split("_")[1] ?? "" > (lost.split("_")[1] ?? ""), "the copy has gone on past what was lost");
    const [from, last] = [copied, now].map((offset) => Number(offset.split("_")[1]));
    for (const transport of TRANSPORTS) {
      assert.equal(await resume(site, transport, stream, lost, last ?? 0), "epoch", transport);
      const due = Array.from({ length: OTHERS }, (_, at) => (from ?? 0) + at + 1);
      assert.deepEqual(await resume(site, transport, stream, copied, last ?? 0), due, transport);
    }
    assert.equal((await site.stop()).code, 0);
  }).finally(() => Deno.remove(backup, { recursive: true }));
});
