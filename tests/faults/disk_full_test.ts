/**
 * Fault 12 of tests/README.md: the disk is full. What writes is refused with 507 and not there; reading goes on; with
 * room again everything does, in the same process.
 */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { type Problem, problem } from "../../lib/protocol/errors.ts";
import { parseServerFrame } from "../support/frames.ts";
import { connectRaw, type RawWs } from "../support/raw_ws.ts";
import { createFollower } from "./follower.ts";
import { headsOf } from "./heads.ts";
import { assertRuns, assertSentOnce, assertStoredDense } from "./oracle.ts";
import { chosenSeed, createRandom } from "./random.ts";
import type { Acknowledged } from "./sender.ts";
import { type Site, withSite } from "./site.ts";
import { unmountable, withSmallDisk } from "./small_disk.ts";
import { readStored } from "./stored.ts";
import { pause, within } from "./within.ts";

const DISK_BYTES = 16 * 1024 * 1024;
const TEXT_CHARACTERS = 8_000;
const BEFORE_SENDS_MAX = 220; // with some, storage has room of its own left when the disk has none
const FULL_SENDS_MAX = 2_000; // until one is refused: what storage holds in reserve is far less
const REFUSED_SENDS = 24; // some of them at once
const AT_ONCE = 8;
const AFTER_SENDS = 20;
const LOG_MS = 1_000; // between two lines of the server's about it
const LOOK_MS = 20;
const PROGRESS_MS = 20_000;

type Answer = { sent: Acknowledged } | { refused: Problem };

if (unmountable !== undefined) console.log(`The test of a full disk does not run: ${unmountable}`);
Deno.test({
  name: "fault 12: a full disk refuses with 507 and loses nothing, reads go on, and it recovers without a restart",
  ignore: unmountable !== undefined,
  fn: () =>
    withSmallDisk(DISK_BYTES, (disk) =>
      withSite(
        async (site) => {
          const random = createRandom(chosenSeed("disk full"));
          const { api, id: me } = site.owner;
          const { room: { id: room } } = await api.call("rooms.create", { name: "survey", visibility: "public" });
          const follower = createFollower(site, site.owner, [`room:${room}`], random.fork(), ["ws", "sse", "poll"]);
          const line = createCaller(
            await connectRaw({ port: site.port, path: "/live/ws?v=1", headers: api.headers() }),
          );
          const { pid } = site.server;
          let made = 0;
          const key = () => `survey-${String(++made).padStart(16, "0")}`;
          const acknowledged: Acknowledged[] = [];
          const send = async (it: string, byCall = numberOf(it) % 2 === 0): Promise<Problem | undefined> => {
            const answer = await (byCall ? line.send(room, it) : byPost(site, room, it));
            if ("refused" in answer) return answer.refused;
            acknowledged.push(answer.sent);
          };

          for (let left = random.between(20, BEFORE_SENDS_MAX); left > 0; left--) {
            assert.equal(await send(key()), undefined);
          }
          const filled = performance.now();
          disk.fill();
          let last = key();
          while (await send(last, true) === undefined) {
            assert(made < FULL_SENDS_MAX, "the disk takes more and more");
            last = key();
          }
          const timesLogged = () => site.server.stderr().match(/disk is full/g)?.length ?? 0;
          const began = performance.now();
          while (timesLogged() === 0) {
            assert(performance.now() - began < PROGRESS_MS, "who runs the server is told nothing");
            await pause(LOOK_MS);
          }
          const refused = [last];
          while (refused.length < REFUSED_SENDS) {
            const keys = Array.from({ length: AT_ONCE }, key);
            refused.push(...keys);
            for (const it of await Promise.all(keys.map((it) => send(it)))) assertFull(it);
          }
          assertFull(await send(last));
          assert(timesLogged() <= 1 + (performance.now() - filled) / LOG_MS, "told once for each");

          // Reading goes on, of what was acknowledged and nothing else.
          const { messages } = await api.call("messages.list", { room, limit: 1 });
          assert.equal(messages[0]?.seq, Math.max(...acknowledged.map(({ seq }) => seq)));
          await follower.reached(await headsOf(site, site.owner, [`room:${room}`]), PROGRESS_MS);
          const page = await fetch(`${site.url}/rooms/${room}`, { headers: api.headers() });
          assert.equal(page.status, 200);
          assert.match(await page.text(), /survey/);

          disk.makeRoom();
          for (const it of refused) assert.equal(await send(it), undefined);
          for (let n = 0; n < AFTER_SENDS; n++) assert.equal(await send(key()), undefined);
          await follower.reached(await headsOf(site, site.owner, [`room:${room}`]), PROGRESS_MS);
          await follower.stop();
          await line.drop();
          assert.equal(site.server.pid, pid);
          assert.equal((await site.stop()).code, 0);

          assert.equal(acknowledged.length, made);
          const stored = await readStored(site.dataDir, [room], [me]);
          assertStoredDense(stored);
          assertSentOnce(acknowledged, stored);
          assertRuns(follower, stored);
        },
        {},
        undefined,
        `${disk.path}/data`,
      )),
});

function assertFull(refused: Problem | undefined): void {
  assert.equal(refused?.code, "storage_full");
  assert.equal(refused.status, 507);
  assert.equal(refused.detail, "Cannot save: storage is full");
}

function numberOf(key: string): number {
  return Number(key.slice(-16));
}

function bodyOf(room: string, key: string) {
  return { room, key, text: `${key} ${"x".repeat(TEXT_CHARACTERS)}` };
}

async function byPost({ owner }: Site, room: string, key: string): Promise<Answer> {
  const response = await owner.api.post("messages.send", bodyOf(room, key));
  const answer: unknown = await response.json();
  if (response.status === 200) return { sent: toAcknowledged(answer) };
  const refused = problem.parse(answer);
  assert.equal(response.status, refused.status);
  return { refused };
}

/** Sends over one socket, several at once: replies come in any order. */
function createCaller(line: RawWs) {
  const waiting = new Map<number, (answer: Answer) => void>();
  const hear = async () => {
    for (;;) {
      const frame = parseServerFrame(await line.next());
      if (frame?.t !== "reply") continue;
      waiting.get(frame.id)?.(frame.error ? { refused: frame.error } : { sent: toAcknowledged(frame.result) });
    }
  };
  hear().catch(() => {}); // It ends with the line; who waits then is told by the deadline.
  return {
    async send(room: string, key: string): Promise<Answer> {
      const id = numberOf(key);
      const answer = new Promise<Answer>((resolve) => waiting.set(id, resolve));
      await line.send(JSON.stringify({ t: "call", id, name: "messages.send", body: bodyOf(room, key) }));
      return await within(PROGRESS_MS, `the reply to ${key}`, answer);
    },
    async drop() {
      line.drop();
      await line.closed;
    },
  };
}

function toAcknowledged(result: unknown): Acknowledged {
  const { message: { by, room, key, text, seq, n }, offset } = commands["messages.send"].output.parse(result);
  return { by, room, key, text, seq, n, offset };
}
