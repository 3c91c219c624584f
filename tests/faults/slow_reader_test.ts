/** A reader that stops reading costs the server nothing, is sent away, and resumes without a gap (PROTOCOL.md §5). */
import assert from "node:assert/strict";
import { parseServerFrame } from "../../lib/protocol/frames.ts";
import { connectRaw } from "../support/raw_ws.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { createSender } from "./sender.ts";
import { type Site, withSite } from "./site.ts";
import { createWatched, within } from "./within.ts";

const STOPPED_MS = 33_000; // the promise is 30 s
const PROGRESS_MS = 30_000;
const SENDERS = 2;
const TEXT_CHARACTERS = 4_000;
const WARM_SENDS = 8_000; // before the server's memory is looked at
const FRAMES_BETWEEN_PINGS = 50;
const RSS_GROWTH_MAX = 0.5; // of the bytes that went by meanwhile

/** Resident memory of the server, in bytes. */
async function rss({ server }: Site): Promise<number> {
  const status = await Deno.readTextFile(`/proc/${server.pid}/status`);
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1_024;
}

// It takes half a minute, and reads /proc: only in the long selection.
const isLong = Deno.env.get("FAULTS") === "all" && Deno.build.os === "linux";

if (isLong) {
  Deno.test({
    name: "fault 9: a reader that stops reading: memory stays flat, 4001 or cut after 30 s, resumed without a gap",
    fn: () =>
      withSite(async (site) => {
        const random = createRandom(chosenSeed("slow reader"));
        const { api } = site.owner;
        const { room: { id: room } } = await api.call("rooms.create", { name: "loud", visibility: "public" });
        const people = [];
        for (let n = 0; n < SENDERS; n++) people.push(await site.join(`loud${n}`));
        for (const { id } of people) await api.call("rooms.addMember", { room, user: id });
        const watched = createWatched();
        let sent = 0;
        const senders = people.map((person) =>
          createSender(site, person, [room], random.fork(), () => {
            sent++;
            watched.changed();
          }, { characters: TEXT_CHARACTERS })
        );
        await watched.until(() => sent >= WARM_SENDS, PROGRESS_MS, `${WARM_SENDS} sends`);

        const stream = `room:${room}`;
        const path = "/live/ws?v=1";
        const slow = await connectRaw({ port: site.port, path, headers: api.headers() });
        await slow.send(JSON.stringify({ t: "follow", streams: { [stream]: "now" } }));
        const followed = parseServerFrame(await slow.nextThat((text) => text.includes(`"followed"`)));
        assert(followed?.t === "followed");
        slow.pause();
        const stopped = performance.now();
        const before = { rss: await rss(site), sent };
        let most = before.rss;
        while (performance.now() - stopped < STOPPED_MS) {
          const due = sent + 200;
          await watched.until(() => sent >= due, PROGRESS_MS, `${due} sends`);
          most = Math.max(most, await rss(site));
        }
        await Promise.all(senders.map((sender) => sender.finish()));
        const passed = (sent - before.sent) * TEXT_CHARACTERS;
        const grown = most - before.rss;
        console.log(`${Math.round(passed / 1e6)} MB went by, the server grew by ${Math.round(grown / 1e6)} MB`);
        assert(grown < passed * RSS_GROWTH_MAX);

        slow.resume();
        const { code } = await within(PROGRESS_MS, "the slow reader to be closed", slow.closed);
        assert([4001, 1006].includes(code), `closed with ${code}`);
        let position = followed.offset;
        let last = 0;
        const apply = (text: string) => {
          const frame = parseServerFrame(text);
          if (frame?.t !== "events" || frame.stream !== stream) return frame;
          assert.equal(frame.from, position);
          for (const { seq } of frame.events) {
            if (last > 0) assert.equal(seq, last + 1);
            last = seq;
          }
          position = frame.to;
          return frame;
        };
        try { // what came before the end, then the rest by offset
          for (;;) apply(await slow.next());
        } catch (error) {
          assert(error instanceof Error && /^The connection closed/.test(error.message), String(error));
        }
        const back = await connectRaw({ port: site.port, path, headers: api.headers() });
        await back.send(JSON.stringify({ t: "follow", streams: { [stream]: position } }));
        let head: string | undefined;
        for (let frames = 0; position !== head; frames++) {
          if (frames % FRAMES_BETWEEN_PINGS === 0) await back.send(`{"t":"ping","id":1}`);
          const frame = apply(await within(PROGRESS_MS, "the rest", back.next()));
          if (frame?.t === "followed") {
            assert.equal(frame.offset, position);
            head = frame.head;
          }
          assert.notEqual(frame?.t, "gone");
        }
        back.drop();
        await back.closed;
      }),
  });
}
