/** The connection of a WebSocket over a real hub and log, with a socket that only records what it is given. */
import assert from "node:assert/strict";
import { createBudget } from "../../../lib/server/limits/budget.ts";
import {
  createConnection,
  FRAMES_POINTS_MAX,
  FRAMES_WINDOW_MS,
} from "../../../lib/server/live/transports/connection.ts";
import { createSweeper } from "../../../lib/server/live/transports/sweeper.ts";
import { type Backlog, createBacklog } from "../../../lib/server/limits/backlog.ts";
import type { Hub } from "../../../lib/server/live/hub.ts";
import type { ServerFrame } from "../../../lib/protocol/frames.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { type Clock, processClock } from "../../../lib/server/live/clock.ts";
import { person, withHub } from "../../support/hub.ts";
import { withStorage } from "../../support/storage.ts";

export interface Wire {
  frames: ServerFrame[];
  closes: [number, string | undefined][];
  buffered: number;
  /** How often the connection has asked for it. */
  asked: number;
  /** How often the socket was told that more comes. */
  together: number;
  draining: AbortController;
  backlog: Backlog;
  /** Characters of replies. */
  answered: number;
  /** The statuses and close codes that were counted. */
  refused: number[];
  counted: number[];
  say(frame: unknown): void;
  raw(text: string): void;
  /** Sweeps the connection as of so many ms from now. */
  sweep(ahead: number): void;
  /** Waits until `done` holds, looking at each frame and close. */
  until(done: () => boolean): Promise<void>;
}

export async function withConnection(
  body: (wire: Wire, hub: Hub) => Promise<void>,
  call: (name: string, body: unknown) => Promise<unknown> = () => Promise.resolve({}),
  clock: Clock = processClock,
): Promise<void> {
  await withStorage(({ log }) =>
    withHub(log, async ({ hub }) => {
      let waiting: (() => void)[] = [];
      const wake = () => {
        const due = waiting;
        waiting = [];
        for (const resolve of due) resolve();
      };
      const wire: Wire = {
        frames: [],
        closes: [],
        buffered: 0,
        asked: 0,
        together: 0,
        draining: new AbortController(),
        backlog: createBacklog(),
        answered: 0,
        refused: [],
        counted: [],
        say: (frame) => connection.text(JSON.stringify(frame)),
        raw: (text) => connection.text(text),
        sweep: (ahead) => sweeper.sweep(clock.now() + ahead),
        async until(done) {
          while (!done()) await new Promise<void>((resolve) => waiting.push(resolve));
        },
      };
      const sweeper = createSweeper(clock);
      const connection = createConnection({
        hub,
        sweeper,
        user: person("u1"),
        session: "s1",
        hash: "h1",
        instance: "i1",
        frames: createBudget(FRAMES_POINTS_MAX, FRAMES_WINDOW_MS, clock.now),
        shares: { answered: (_, characters) => wire.answered += characters, backlog: wire.backlog },
        draining: wire.draining.signal,
        metrics: { refused: (status) => wire.refused.push(status), closed: (code) => wire.counted.push(code) },
        call,
        socket: {
          send(text) {
            const frame = parseServerFrame(text);
            assert.ok(frame, `not a frame: ${text}`);
            wire.frames.push(frame);
            wake();
          },
          together: () => void wire.together++,
          buffered() {
            wire.asked++;
            wake();
            return wire.buffered;
          },
          close(code, reason) {
            wire.closes.push([code, reason]);
            wake();
          },
        },
      });
      connection.opened();
      await body(wire, hub);
      connection.closed();
      assert.equal(hub.sessionsOf("u1"), 0);
      assert.equal(wire.backlog.of("u1"), 0);
      sweeper.close();
    }, { clock })
  );
}

export const replies = (wire: Wire) => wire.frames.filter((frame) => frame.t === "reply");
