/**
 * Fault 4 of tests/README.md: answers that are lost after the commit, cut at every byte, and requests that go nowhere.
 * What was done is done once, and whoever follows goes on from what was whole. Quick runs try some bytes, FAULTS=all
 * every one.
 */
import assert from "node:assert/strict";
import { parseServerFrame } from "../support/frames.ts";
import { createApi } from "../support/api.ts";
import type { Person } from "../support/people.ts";
import { type Line, type LineOptions, openLine, type Transport } from "./lines.ts";
import { type Proxy, startProxy } from "./proxy.ts";
import { chosenSeed, createRandom } from "./random.ts";
import { type Site, type Way, withSite } from "./site.ts";
import { pause, within } from "./within.ts";

const STRIDE = Deno.env.get("FAULTS") === "all" ? 1 : 97; // bytes
const BYTES_MAX = 65_536; // an answer of these tests is shorter
const WAIT_MS = 10_000;
const LOOK_MS = 10;
const MESSAGES = 4;

interface Place {
  site: Site;
  proxy: Proxy;
  /** Through the proxy. */
  way: Way;
  me: Person;
  room: string;
  /** Where quick runs begin to cut. */
  first: number;
}

async function withPlace(what: string, body: (place: Place) => Promise<void>): Promise<void> {
  const random = createRandom(chosenSeed(what));
  await withSite(async (site) => {
    const proxy = startProxy(site.port);
    try {
      const { api } = site.owner;
      const { room } = await api.call("rooms.create", { name: "gauges", visibility: "public" });
      const me = { ...site.owner, api: createApi(proxy.origin, api.cookie()) };
      const way = { url: proxy.origin, port: proxy.port, up: site.up };
      await body({ site, proxy, way, me, room: room.id, first: random.between(0, STRIDE - 1) });
    } finally {
      await proxy.stop();
    }
  });
}

/** Posts over a connection of its own, so that the proxy counts its bytes alone. Gives all that came back. */
async function exchange({ way, me }: Place, path: string, body: unknown): Promise<string> {
  const text = JSON.stringify(body);
  const fields = { host: new URL(way.url).host, ...me.api.headers(), "content-type": "application/json" };
  const lines = Object.entries(fields).map(([name, value]) => `${name}: ${value}\r\n`).join("");
  const conn = await Deno.connect({ hostname: "127.0.0.1", port: way.port });
  const length = new TextEncoder().encode(text).length;
  const request = `POST ${path} HTTP/1.1\r\n${lines}content-length: ${length}\r\nconnection: close\r\n\r\n${text}`;
  await conn.write(new TextEncoder().encode(request));
  return await new Response(conn.readable).text().catch(() => "");
}

/** The body of an answer, once it is whole. */
function whole(answer: string): unknown {
  const at = answer.indexOf("\r\n\r\n");
  const length = Number(/^content-length: *(\d+)/im.exec(answer.slice(0, at))?.[1]);
  const body = answer.slice(at + 4);
  return at > 0 && body.length === length ? JSON.parse(body) : undefined;
}

/** Calls `body` for every cut that is tried, until it says that nothing was cut. Gives how many were. */
async function eachCut({ first }: Place, body: (bytes: number) => Promise<"cut" | "whole">): Promise<number> {
  for (let bytes = first, cuts = 0; bytes < BYTES_MAX; bytes += STRIDE, cuts++) {
    if (await body(bytes) === "whole") return cuts;
  }
  throw new Error(`No answer was whole at ${BYTES_MAX} bytes`);
}

Deno.test("fault 4: a send whose answer is cut at every byte is there once, and its key gives what it made", () =>
  withPlace("cut answers", async (place) => {
    const { site, proxy, room } = place;
    const keys: string[] = [];
    const cuts = await eachCut(place, async (bytes) => {
      const key = `cut-${String(bytes).padStart(16, "0")}`;
      keys.push(key);
      const send = { room, text: `after ${bytes} bytes`, key };
      proxy.set({ kind: "cut", bytes });
      const answer = await exchange(place, "/api/messages.send", send);
      proxy.set({ kind: "pass" });
      const again = await site.owner.api.call("messages.send", send);
      assert.deepEqual([again.message.text, again.message.key], [send.text, key]);
      if (whole(answer) === undefined) return "cut";
      assert.deepEqual(whole(answer), again);
      return "whole";
    });
    assert(cuts > 3);
    await assertOnce(site, room, keys);
    console.log(`${cuts} answers cut`);
  }));

Deno.test("fault 4: posts that are swallowed did nothing, and are there once when they are repeated", () =>
  withPlace("swallowed posts", async (place) => {
    const { site, proxy, room } = place;
    const keys = Array.from({ length: 20 }, (_, n) => `swallowed-${String(n).padStart(8, "0")}`);
    const sends = keys.map((key) => ({ room, text: key, key }));
    proxy.set({ kind: "swallow_post" });
    const swallowed = sends.map((send) => exchange(place, "/api/messages.send", send));
    for (const end = performance.now() + WAIT_MS; proxy.swallowed < sends.length; await pause(LOOK_MS)) {
      assert(performance.now() < end, `${proxy.swallowed} of ${sends.length} were swallowed`);
    }
    await site.owner.api.call("messages.send", { room, text: "straight", key: "straight-0123456789" });
    const { messages } = await site.owner.api.call("messages.list", { room });
    assert.deepEqual(messages.map(({ text }) => text), ["straight"]);
    proxy.set({ kind: "pass" });
    proxy.cut();
    assert.deepEqual(await Promise.all(swallowed), sends.map(() => ""));
    for (const send of sends) assert(whole(await exchange(place, "/api/messages.send", send)));
    await assertOnce(site, room, ["straight-0123456789", ...keys]);
  }));

Deno.test("fault 4: a poll whose answer is cut at every byte gives the same again", () =>
  withPlace("cut polls", async (place) => {
    const { proxy, room } = place;
    await fill(place);
    const poll = { v: 1, streams: { [`room:${room}`]: "-1" }, wait: 0 };
    const expected = whole(await exchange(place, "/live/poll", poll));
    assert(expected);
    const cuts = await eachCut(place, async (bytes) => {
      proxy.set({ kind: "cut", bytes });
      const answer = whole(await exchange(place, "/live/poll", poll));
      proxy.set({ kind: "pass" });
      assert.deepEqual(whole(await exchange(place, "/live/poll", poll)), expected);
      return answer === undefined ? "cut" : "whole";
    });
    assert(cuts > 3);
    console.log(`${cuts} answers cut`);
  }));

for (const transport of ["ws", "sse"] as const) {
  Deno.test(`fault 4: a ${transport} line that is cut at every byte goes on without a gap or a double`, () =>
    withPlace(`cut ${transport}`, async (place) => {
      const { site, proxy, way, me, room } = place;
      await fill(place);
      const stream = `room:${room}`;
      const { offset: head } = await site.owner.api.call("messages.list", { room });
      const cuts = await eachCut(place, async (bytes) => {
        let position = "-1";
        const seqs: number[] = [];
        const apply = (texts: string[]) => {
          for (const frame of texts.map(parseServerFrame)) {
            if (frame?.t === "followed") {
              assert([frame.offset, "-1"].includes(position), `resumed at ${frame.offset}, not at ${position}`);
              position = frame.offset;
            }
            if (frame?.t !== "events") continue;
            assert.equal(frame.from, position);
            seqs.push(...frame.events.map(({ seq }) => seq));
            position = frame.to;
          }
        };
        const options: LineOptions = {
          site: way,
          person: me,
          streams: [stream],
          positionOf: () => position,
          stands: () => {},
          cursor: {},
        };
        proxy.set({ kind: "cut", bytes });
        const wasCut = !await follow(transport, options, () => position === head, apply);
        proxy.set({ kind: "pass" });
        if (wasCut) assert(await follow(transport, options, () => position === head, apply), "it reaches the head");
        assert.deepEqual(seqs, seqs.map((_, at) => at + 1), `cut after ${bytes} bytes`);
        assert.equal(seqs.length, MESSAGES + 1);
        return wasCut ? "cut" : "whole";
      });
      assert(cuts > 3);
      console.log(`${cuts} lines cut`);
    }));
}

/** Follows until `done`; false where the line broke before. */
async function follow(
  transport: Transport,
  options: LineOptions,
  done: () => boolean,
  apply: (texts: string[]) => void,
): Promise<boolean> {
  let line: Line | undefined;
  try {
    line = await within(WAIT_MS, "a line", openLine(transport, options));
    while (!done()) apply(await within(WAIT_MS, "the end of the stream", line.next()));
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError || String(error).includes("Waited")) throw error;
    return false;
  } finally {
    await line?.drop();
  }
}

async function fill({ site, room }: Place): Promise<void> {
  for (let n = 0; n < MESSAGES; n++) {
    await site.owner.api.call("messages.send", {
      room,
      text: `message ${n}`,
      key: `fill-${String(n).padStart(16, "0")}`,
    });
  }
}

/** The room holds these and nothing else, numbered without a hole. */
async function assertOnce(site: Site, room: string, keys: string[]): Promise<void> {
  const found: (string | undefined)[] = [];
  for (let after = 0, more = true; more;) {
    const page = await site.owner.api.call("messages.list", { room, after, limit: 100 });
    found.push(...page.messages.map(({ key }) => key));
    assert.deepEqual(
      page.messages.map(({ n }) => n),
      page.messages.map((_, at) => found.length - page.messages.length + at + 1),
    );
    after = page.messages.at(-1)?.seq ?? after;
    more = page.more;
  }
  assert.deepEqual(found, keys);
}
