/** Requests over HTTP of one person, as fast as they are answered. */
import { createApi } from "../support/api.ts";
import type { Probe, Target } from "./probe.ts";
import { pause } from "./senders.ts";

const AT_ONCE = 16;
const ROOMS = 500;

async function ask(signal: AbortSignal, request: () => Promise<Response>): Promise<void> {
  await Promise.all(Array.from({ length: AT_ONCE }, async () => {
    while (!signal.aborted) {
      const response = await request().catch(() => undefined);
      await response?.body?.cancel();
      if (response?.status !== 200) await pause(20);
    }
  }));
}

const headers = ({ url, attacker }: Target) => ({ origin: url, cookie: attacker.cookie });

export const polls: Probe = {
  name: "polls",
  does: "polls that wait for nothing, 16 at once",
  attack: (target, signal) =>
    ask(signal, () =>
      fetch(`${target.url}/live/poll`, {
        method: "POST",
        headers: { ...headers(target), "content-type": "application/json" },
        body: JSON.stringify({ v: 1, streams: { [`room:${target.room}`]: "now", feed: "-1" }, wait: 0, seen: "" }),
      })),
};

export const pages: Probe = {
  name: "pages",
  does: `a room's page in a workspace of ${ROOMS} rooms, 16 at once`,
  async prepare({ url, attacker }) {
    const api = createApi(url, attacker.cookie);
    for (let i = 0; i < ROOMS; i++) await api.call("rooms.create", { name: `Room ${i}`, visibility: "public" });
    return [];
  },
  attack: (target, signal) =>
    ask(signal, () => fetch(`${target.url}/rooms/${target.room}`, { headers: headers(target) })),
};

export const eventStreams: Probe = {
  name: "event-streams",
  does: "event streams opened and left, 16 at once",
  attack: (target, signal) =>
    ask(signal, () => fetch(`${target.url}/live/sse?v=1&streams=feed,me`, { headers: headers(target) })),
};
