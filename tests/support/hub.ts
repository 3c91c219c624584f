/** A hub over a real log, and clients that only record what they get. */
import assert from "node:assert/strict";
import type { Grant } from "../../lib/server/live/streams/follower.ts";
import { createHub, type Hub, type HubOptions } from "../../lib/server/live/hub.ts";
import { createSession } from "../../lib/server/live/live_session.ts";
import { processClock } from "../../lib/server/live/clock.ts";
import type { Session } from "../../lib/server/live/session.ts";
import type { ServerFrame, ServerFrames } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "./frames.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { Sweeper, Swept } from "../../lib/server/live/transports/sweeper.ts";
import type { Log } from "../../lib/server/log/log.ts";

export const person = (id: string): User => ({ id, handle: id, name: id, role: "member" });

export interface TestHub {
  hub: Hub;
  /** The sign-ins that are over. */
  revoked: Set<string>;
  errors: unknown[];
}

export async function withHub(
  log: Log,
  body: (it: TestHub) => Promise<void>,
  options: Partial<HubOptions> = {},
): Promise<void> {
  const revoked = new Set<string>();
  const errors: unknown[] = [];
  const hub = createHub({
    log,
    clock: processClock,
    join: (_, events) => Promise.resolve(events),
    shared: false,
    limits: true,
    watch: () => new ReadableStream(),
    authorize: (): Promise<Grant | undefined> => Promise.resolve({ private: false, asOf: 0 }),
    roomsOf: () => Promise.resolve([]),
    signedIn: (hashes) => Promise.resolve(hashes.map((hash) => revoked.has(hash) ? undefined : person("u1"))),
    failed: (error) => errors.push(error),
    ...options,
  });
  try {
    await body({ hub, revoked, errors });
  } finally {
    hub.close();
  }
}

export interface Client {
  session: Session;
  frames: ServerFrame[];
  /** The seqs that came on a stream, in order of coming. */
  seqs(stream: string): number[];
  /** Waits until `done` holds, looking each time a frame comes. */
  until(done: () => boolean): Promise<void>;
  of<T extends ServerFrame["t"]>(t: T): ServerFrames[T][];
  /** Follows a stream, and waits until it does. */
  follows(stream: string, offset?: string): Promise<void>;
  /** Whether it reads. */
  reads: boolean;
  ended: string[];
}

/** A client of `hub` that records frames, and fails where a frame doesn't stand at its position. */
export function createClient(hub: Hub, user = person("u1"), hash = "h1"): Client {
  const frames: ServerFrame[] = [];
  const positions = new Map<string, string>();
  let waiting: (() => void)[] = [];
  const client: Client = {
    frames,
    reads: true,
    ended: [],
    seqs: (stream) =>
      client.of("events").filter((it) => it.stream === stream).flatMap((it) => it.events.map((e) => e.seq)),
    of<T extends ServerFrame["t"]>(t: T) {
      return frames.filter((frame): frame is ServerFrames[T] & ServerFrame => frame.t === t);
    },
    async until(done) {
      while (!done()) await new Promise<void>((resolve) => waiting.push(resolve));
    },
    async follows(stream, offset = "now") {
      client.session.follow({ [stream]: offset });
      await client.until(() => client.of("followed").some((it) => it.stream === stream));
    },
    session: createSession({
      hub,
      user,
      id: `s-${hash}`,
      hash,
      sink: {
        writable: () => client.reads,
        send(sent) {
          const { text } = sent;
          const frame = parseServerFrame(text);
          if (!frame) throw new Error(`not a frame: ${text}`);
          if (sent.t !== "events") assert.deepEqual({ ...frame, text }, sent);
          frames.push(frame);
          if (frame.t === "followed") positions.set(frame.stream, frame.offset);
          if (frame.t === "events") {
            if (positions.get(frame.stream) !== frame.from) throw new Error(`a gap before ${frame.from}`);
            positions.set(frame.stream, frame.to);
          }
          wake();
        },
        ended(reason) {
          client.ended.push(reason);
          wake();
        },
      },
    }),
  };
  function wake() {
    const due = waiting;
    waiting = [];
    for (const resolve of due) resolve();
  }
  return client;
}

/** A sweeper that sweeps only when a test calls it. */
export function createHandSweeper(): Sweeper {
  const all = new Set<Swept>();
  return {
    add: (it) => all.add(it),
    delete: (it) => all.delete(it),
    sweep: (now) => all.forEach((it) => it.sweep(now)),
    close: () => all.clear(),
    count: () => all.size,
  };
}
