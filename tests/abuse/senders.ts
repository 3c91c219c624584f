/** People who send while somebody else attacks, and how long each send takes to be acknowledged. */
import { connectRaw, type RawWs } from "../support/raw_ws.ts";
import type { Signed } from "./probe.ts";

const SENDS_A_SECOND = 10; // of each: within what one person may send
const ACK_DEADLINE_MS = 25_000;

export interface Times {
  count: number;
  p50: number;
  p99: number;
  max: number;
}

export interface Senders {
  /** All send for `ms`; gives the times from send to reply. One that took over 25 s, or failed, counts as 25 s. */
  measure(ms: number): Promise<Times>;
  close(): void;
}

/** Connects each of them by a WebSocket of their own. */
export async function connectSenders(port: number, room: string, people: Signed[]): Promise<Senders> {
  const lines = await Promise.all(people.map((one) => connect(port, room, one)));
  return {
    async measure(ms) {
      const end = performance.now() + ms;
      const all = await Promise.all(lines.map(async (line, at) => {
        await pause(at * 1_000 / SENDS_A_SECOND / lines.length); // not all at once
        const times: Promise<number>[] = [];
        for (; performance.now() < end; await pause(1_000 / SENDS_A_SECOND)) times.push(line.send());
        return await Promise.all(times);
      }));
      return timesOf(all.flat());
    },
    close() {
      for (const line of lines) line.drop();
    },
  };
}

async function connect(port: number, room: string, { cookie, handle }: Signed) {
  const ws: RawWs = await connectRaw({ port, path: "/live/ws?v=1", headers: { cookie } });
  const waiting = new Map<number, (ok: boolean) => void>();
  let id = 0;
  (async () => {
    for (;;) {
      const frame = JSON.parse(await ws.next());
      if (frame.t !== "reply") continue;
      waiting.get(frame.id)?.(frame.error === undefined);
      waiting.delete(frame.id);
    }
  })().catch(() => waiting.forEach((done) => done(false)));
  return {
    drop: ws.drop,
    async send(): Promise<number> {
      const mine = ++id;
      const { promise, resolve } = Promise.withResolvers<boolean>();
      waiting.set(mine, resolve);
      const late = setTimeout(() => resolve(false), ACK_DEADLINE_MS);
      const begun = performance.now();
      const key = `${handle}-${begun}-${crypto.randomUUID()}`.slice(0, 60).replace(/[^\w-]/g, "-");
      const body = { room, text: `Reading ${mine}: two degrees above yesterday.`, key };
      await ws.send(JSON.stringify({ t: "call", id: mine, name: "messages.send", body })).catch(() => resolve(false));
      const ok = await promise;
      clearTimeout(late);
      return ok ? performance.now() - begun : ACK_DEADLINE_MS;
    },
  };
}

function timesOf(times: number[]): Times {
  const sorted = times.toSorted((a, b) => a - b);
  const at = (share: number) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
  return { count: sorted.length, p50: at(0.5), p99: at(0.99), max: at(1) };
}

export function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
