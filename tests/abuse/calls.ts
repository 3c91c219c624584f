/** Calls of one person that ask for much, as many at once as a connection may have under way. */
import { connectRaw } from "../support/raw_ws.ts";
import { createApi } from "../support/api.ts";
import type { Probe, Target } from "./probe.ts";
import { pause } from "./senders.ts";

const LONG = "Two degrees above yesterday, and **rising**. ".repeat(355).slice(0, 15_900);
const MESSAGES = 100;
const UNDER_WAY = 64;
const AGAIN_MS = 500;
const FOLLOWERS = 150; // event streams, all the attacker's own

/** Fills a private room of the attacker's with long texts; gives its id and the seq of the last one. */
async function fill({ url, attacker }: Target): Promise<string[]> {
  const api = createApi(url, attacker.cookie);
  const { room } = await api.call("rooms.create", { name: "Long texts", visibility: "public" });
  let last = 0;
  for (let i = 0; i < MESSAGES; i++) {
    const key = `abuse-long-text-${String(i).padStart(6, "0")}`;
    last = (await api.call("messages.send", { room: room.id, text: `${i} ${LONG}`, key })).message.seq;
  }
  return [room.id, String(last)];
}

/** Calls over one WebSocket without end; one that is closed is opened again. Reads unless `reads` is false. */
async function callWithoutEnd(
  { port, attacker: { cookie } }: Target,
  signal: AbortSignal,
  next: (id: number) => { name: string; body: unknown },
  { reads = true, say }: { reads?: boolean; say?: (line: string) => void } = {},
): Promise<void> {
  for (let id = 0; !signal.aborted; await pause(AGAIN_MS)) {
    const ws = await connectRaw({ port, path: "/live/ws?v=1", headers: { cookie } }).catch(() => undefined);
    if (!ws) continue;
    const call = () => ws.send(JSON.stringify({ t: "call", id: ++id, ...next(id) })).catch(() => {});
    ws.closed.then(({ code }) => say?.(`closed with ${code}`));
    for (let i = 0; i < UNDER_WAY; i++) await call();
    if (!reads) ws.pause();
    let refused = 0;
    await (async () => {
      for (;;) {
        const frame = JSON.parse(await ws.nextThat((text) => text.startsWith(`{"t":"reply"`)));
        if (frame.error?.retryAfter) await pause(Math.min(frame.error.retryAfter, 20 + 20 * refused++));
        await call();
      }
    })().catch(() => {});
  }
}

export const lists: Probe = {
  name: "lists",
  does: "messages.list of 100 long texts, 64 calls under way",
  prepare: fill,
  attack: (target, signal) =>
    callWithoutEnd(target, signal, () => ({ name: "messages.list", body: { room: target.made[0], limit: 100 } })),
};

export const unread: Probe = {
  name: "unread",
  does: "messages.list of long texts on 20 sockets that are not read",
  prepare: fill,
  async attack(target, signal) {
    const next = () => ({ name: "messages.list", body: { room: target.made[0], limit: 100 } });
    await Promise.all(Array.from({ length: 20 }, () => callWithoutEnd(target, signal, next, { reads: false })));
  },
};

export const unreadHttp: Probe = {
  name: "unread-http",
  does: "150 POSTs of messages.list whose answers are not read",
  prepare: fill,
  async attack({ url, port, attacker: { cookie }, made }, signal) {
    const body = JSON.stringify({ room: made[0], limit: 100 });
    const request = `POST /api/messages.list HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nOrigin: ${url}\r\n` +
      `Cookie: ${cookie}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    const held: Deno.TcpConn[] = [];
    while (!signal.aborted) {
      if (held.length >= 150) held.shift()?.close();
      const conn = await Deno.connect({ hostname: "127.0.0.1", port });
      await conn.write(new TextEncoder().encode(request));
      held.push(conn);
      await pause(held.length < 150 ? 0 : 100);
    }
  },
};

/** Follows a room by event streams without end, of which nothing is looked at. */
async function follow({ port, attacker: { cookie } }: Target, room: string): Promise<void> {
  const conn = await Deno.connect({ hostname: "127.0.0.1", port });
  const request =
    `GET /live/sse?v=1&streams=room:${room} HTTP/1.1\r\nHost: 127.0.0.1:${port}\r\nCookie: ${cookie}\r\n\r\n`;
  await conn.write(new TextEncoder().encode(request));
  const bytes = new Uint8Array(262_144);
  (async () => {
    while (await conn.read(bytes) !== null);
  })().catch(() => {});
}

export const reactions: Probe = {
  name: "reactions",
  does: `reactions given and taken back on a 16,000-character text that ${FOLLOWERS} follow`,
  prepare: fill,
  async attack({ made, ...target }, signal) {
    await Promise.all(Array.from({ length: FOLLOWERS }, () => follow({ made, ...target }, made[0] ?? "")));
    await callWithoutEnd({ made, ...target }, signal, (id) => ({
      name: id % 2 ? "messages.react" : "messages.unreact",
      body: { room: made[0], seq: Number(made[1]), emoji: "👍" },
    }));
  },
};

export const feeds: Probe = {
  name: "feeds",
  does: "feed.list by room, 64 calls under way",
  attack: ({ room, ...target }, signal) =>
    callWithoutEnd(
      { room, ...target },
      signal,
      () => ({ name: "feed.list", body: { view: "everything", room, limit: 100 } }),
    ),
};
