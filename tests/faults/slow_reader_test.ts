/**
 * A reader that stops reading costs the server nothing, is sent away, and resumes without a gap (lib/protocol/README.md
 * §5).
 */
import assert from "node:assert/strict";
import { isMemorySeen, megabytes, NOISE_BYTES, residentOf } from "./memory.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { openRunReader, readOn } from "./run_reader.ts";
import { createSender } from "./sender.ts";
import { withSite } from "./site.ts";
import { createWatched, within } from "./within.ts";

const STOPPED_MS = 33_000; // the promise is 30 s
const PROGRESS_MS = 30_000;
const SENDERS = 2;
const TEXT_CHARACTERS = 4_000;
const LOOKED_SENDS = 200; // between two looks at the server's memory
const FRAMES_BETWEEN_PINGS = 50;

const isLong = Deno.env.get("FAULTS") === "all" && isMemorySeen; // it takes half a minute

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
        /** What the server's memory rises by at most while this goes on, in bytes. */
        const growth = async () => {
          const began = performance.now();
          const before = await residentOf(site.server.pid);
          let most = before;
          while (performance.now() - began < STOPPED_MS) {
            const due = sent + LOOKED_SENDS;
            await watched.until(() => sent >= due, PROGRESS_MS, `${due} sends`);
            most = Math.max(most, await residentOf(site.server.pid));
          }
          return most - before;
        };

        const quick = await openRunReader(site, site.owner, `room:${room}`);
        const reads = readOn(quick);
        const control = await growth();
        quick.line.drop();
        await reads;
        const slow = await openRunReader(site, site.owner, `room:${room}`);
        slow.line.pause();
        const before = sent;
        const grown = await growth();
        await Promise.all(senders.map((sender) => sender.finish()));
        console.log(
          `${megabytes((sent - before) * TEXT_CHARACTERS)} MB went by, the server grew by ${megabytes(grown)} MB, ` +
            `and by ${megabytes(control)} MB with one that reads`,
        );
        assert(grown < control + NOISE_BYTES);

        slow.line.resume();
        const { code } = await within(PROGRESS_MS, "the slow reader to be closed", slow.line.closed);
        assert([4001, 1006].includes(code), `closed with ${code}`);
        await readOn(slow); // what came before the end, then the rest by offset
        const back = await openRunReader(site, site.owner, `room:${room}`, slow);
        for (let frames = 0; back.position !== back.head; frames++) {
          if (frames % FRAMES_BETWEEN_PINGS === 0) await back.line.send(`{"t":"ping","id":1}`);
          back.apply(await within(PROGRESS_MS, "the rest", back.line.next()));
        }
        back.line.drop();
        await back.line.closed;
      }),
  });
}
