/**
 * Commits that land after their callers got "unavailable", over real sockets: whoever follows, on each transport,
 * and each digest learn of them within 2 s, though nothing else is written; and a retry is acknowledged no sooner.
 */
import assert from "node:assert/strict";
import { readConfig } from "../../../lib/server/config.ts";
import { serve } from "../../../lib/server/http/server.ts";
import { createDatabase } from "../../../lib/server/kv/database.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { createApp } from "../../../routes/app.tsx";
import { openLine, type Transport } from "../../faults/lines.ts";
import type { Way } from "../../faults/site.ts";
import { within } from "../../faults/within.ts";
import { ApiError } from "../../support/api.ts";
import { cheapArgon2id } from "../../support/cheap_argon2.ts";
import { type Joined, setUpWorkspace } from "../../support/people.ts";
import { type Stall, type StalledKv, stalling } from "../../support/stalled_kv.ts";
import { watched } from "../../support/storage.ts";

const CALL_MS = 2_000; // one call's deadline here
const APPEND_MS = 1_500; // an append's: its caller is answered before anything is tried again
const LEARN_MS = 2_000;
const SET_UP_MS = 10_000;

interface Place extends Joined, Way {
  kv: StalledKv;
  services: Services;
}

async function withPlace(body: (it: Place) => Promise<void>): Promise<void> {
  const kv = stalling(await Deno.openKv(":memory:"));
  const { db, idle } = watched(createDatabase(kv.handle, { deadline: CALL_MS }));
  const config = readConfig({ SETUP_TOKEN: "first-run", LIMITS: "off" });
  const errors: unknown[] = [];
  const failed = (error: unknown) => errors.push(error);
  const services = await createServices({
    config,
    db,
    shared: false,
    argon2id: cheapArgon2id,
    deadline: APPEND_MS,
    failed,
  });
  const app = createApp(services);
  const where = { host: "127.0.0.1", port: 0, deploy: false };
  const server = await serve(where, (request, peer) => app.fetch(request, peer));
  const { port } = server;
  const url = `http://127.0.0.1:${port}`;
  try {
    const people = await setUpWorkspace(url, "first-run");
    await body({ kv, services, url, port, up: () => Promise.resolve(), ...people });
    assert.deepEqual(errors, []);
  } finally {
    kv.release();
    await services.drain();
    await server.shutdown();
    services.hub.close();
    services.log.close();
    await kv.landed();
    await idle();
    services.close();
  }
}

interface Reading {
  texts: string[];
  /** The room's `n` as the digest tells it. */
  n: number;
  /** Resolves once `holds`. */
  until(holds: () => boolean): Promise<void>;
  drop(): Promise<void>;
}

/** Follows a room from its tail, and reads on until it is dropped. */
async function read(place: Place, transport: Transport, room: string): Promise<Reading> {
  const stream = `room:${room}`;
  const { offset } = await place.owner.api.call("messages.list", { room });
  let position = offset;
  let looks: (() => void)[] = [];
  const line = await openLine(transport, {
    site: place,
    person: place.owner,
    streams: [stream],
    positionOf: () => position,
    stands: () => {},
    cursor: {},
  });
  let isOpen = true;
  let follows = transport === "poll";
  const reading: Reading = {
    texts: [],
    n: 0,
    async until(holds) {
      while (!holds()) await new Promise<void>((resolve) => looks.push(resolve));
    },
    async drop() {
      isOpen = false;
      await line.drop();
      await done;
    },
  };
  const done = (async () => {
    while (isOpen) {
      for (const frame of (await line.next()).map(parseServerFrame)) {
        if (frame?.t === "followed") follows = true;
        if (frame?.t === "digest") reading.n = frame.rooms[room]?.n ?? reading.n;
        if (frame?.t !== "events") continue;
        assert.equal(frame.from, position);
        position = frame.to;
        for (const { data } of frame.events) {
          if (typeof data === "object" && data !== null && "message" in data) reading.texts.push(textOf(data.message));
        }
      }
      for (const look of looks) look();
      looks = [];
    }
  })().catch((error) => {
    if (isOpen) throw error;
  });
  await within(SET_UP_MS, "a follower", reading.until(() => follows));
  return reading;
}

const stalls: Record<Transport, Stall[]> = {
  ws: ["answer", "commit", "lost answer"],
  sse: ["answer"],
  poll: ["commit"],
};
for (const transport of ["ws", "sse", "poll"] as const) {
  for (const how of stalls[transport]) {
    Deno.test(`${transport}: a message that lands after its sender was refused comes within 2 s (${how})`, () =>
      withPlace(async (place) => {
        const { kv, owner } = place;
        const { room } = await owner.api.call("rooms.create", { name: "gauges", visibility: "public" });
        const [reader, digests] = [await read(place, transport, room.id), await read(place, "ws", room.id)];
        try {
          if (how === "lost answer") kv.stall(how);
          else kv.stallAll(how);
          const send = { room: room.id, text: "how high is it?", key: "late-0123456789ab" };
          await assert.rejects(owner.api.call("messages.send", send), isUnavailable);
          const released = performance.now();
          kv.release();
          await within(LEARN_MS, "the message", reader.until(() => reader.texts.length > 0));
          await within(LEARN_MS - (performance.now() - released), "the digest", digests.until(() => digests.n > 0));
          assert.deepEqual([reader.texts, digests.n], [["how high is it?"], 1]);
          await owner.api.call("messages.send", send); // the sender's client tries again
          const { rooms } = await owner.api.call("rooms.list", {});
          assert.equal(rooms.find((line) => line.room.id === room.id)?.n, 1);
          await owner.api.call("messages.send", { ...send, text: "2 m", key: "next-0123456789ab" });
          await within(LEARN_MS, "the next message", reader.until(() => reader.texts.length > 1));
          assert.deepEqual(reader.texts, ["how high is it?", "2 m"]);
        } finally {
          await Promise.all([reader.drop(), digests.drop()]);
        }
      }));
  }
}

Deno.test("a retry of what has landed but was not answered is acknowledged no sooner than a follower can have it", () =>
  withPlace(async (place) => {
    const { kv, owner, services } = place;
    const { room } = await owner.api.call("rooms.create", { name: "gauges", visibility: "public" });
    const stream = `room:${room.id}`;
    let published = 0;
    services.log.onAppended((it) => published += it.stream === stream ? 1 : 0);
    const send = { room: room.id, text: "how high is it?", key: "late-0123456789ab" };
    kv.stallAll("answer");
    await assert.rejects(owner.api.call("messages.send", send), isUnavailable);
    const retry = owner.api.call("messages.send", send).then(() => published, () => published);
    kv.release();
    assert.equal(await retry, 1);
  }));

function isUnavailable(error: unknown): boolean {
  return error instanceof ApiError && error.problem?.code === "unavailable" && error.problem.retryAfter !== undefined;
}

function textOf(message: unknown): string {
  return typeof message === "object" && message !== null && "text" in message ? String(message.text) : "";
}
