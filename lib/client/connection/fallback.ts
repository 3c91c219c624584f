/**
 * Runs the session over the fallback, and finds the way back: meanwhile the preferred transport is tried beside it, and
 * takes over only after it has proved itself, so that nothing is lost and the session does not flap.
 */
import type { ServerFrame } from "../../protocol/frames.ts";
import { type Cancel, type Clock, since } from "./clock.ts";
import type { History } from "./history.ts";
import { type Connection, NORMAL_CLOSE, type Transport, type TransportEvents } from "./transport.ts";
import type { Fallback, WayBack } from "./transport_choice.ts";

export const TRY_FIRST_MS = 30_000;
export const TRY_MAX_MS = 300_000;
/** The deadline of a trial from connecting to its first pong. */
const TRIAL_MS = 10_000;
/** After its first pong it must live this long before it carries anything. */
export const HOLD_MS = 3_000;
/** A transport that took over must last this long for the switch to count. */
export const WORKED_MS = 30_000;
/** Latest state that comes during a trial. */
const HELD_MAX = 64;
/** The id of a trial's call, which the live client never uses. */
const TRIAL_PING = 0;

export interface FallbackDeps {
  preferred: Transport;
  transport: Transport;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  history?: Pick<History, "note" | "nextTry">;
}

export function createFallback({ preferred, transport, clock, random, history }: FallbackDeps): Fallback {
  // These outlive a connection, so that one that breaks often neither delays the way back nor hurries it.
  let wait = TRY_FIRST_MS;
  let dueAt = -Infinity;
  let tookOverAt = -Infinity;

  function postpone() {
    dueAt = clock.now() + wait * (3 + random()) / 4;
  }

  function connect(on: TransportEvents, way: WayBack): Connection {
    let isOver = false;
    let trial: Connection | undefined;
    let cancelTry: Cancel = () => {};
    let cancelTrial: Cancel = () => {};

    const fallback = transport.connect({
      // After the switch only the replies to what had been asked over it.
      frame: (frame) => !isOver && (carrier === fallback || frame.t === "reply") && on.frame(frame),
      closed: (code) => carrier === fallback && end(code),
    });
    let carrier = fallback;

    function end(code: number) {
      if (isOver) return;
      stop();
      on.closed(code);
    }

    function stop() {
      isOver = true;
      cancelTry();
      if (history) history.nextTry.value = undefined;
      drop();
    }

    function drop() {
      cancelTrial();
      const dropped = trial;
      trial = undefined;
      dropped?.close(NORMAL_CLOSE);
    }

    function arm() {
      cancelTry();
      dueAt = Math.min(dueAt, clock.now() + wait); // The clock may have been put back.
      if (history) history.nextTry.value = dueAt;
      cancelTry = clock.after(Math.max(0, dueAt - clock.now()), tryPreferred);
    }

    function tryPreferred() {
      if (trial || isOver) return;
      cancelTry();
      postpone();
      const held: ServerFrame[] = [];
      let isProven = false;
      let hasOpened = false;
      const one: Connection = preferred.connect({
        opened: () => hasOpened = true,
        frame(frame) {
          if (isOver) return;
          if (carrier === one) return on.frame(frame);
          if (trial !== one) return;
          if (frame.t === "pong") {
            if (isProven) return;
            isProven = true;
            cancelTrial();
            cancelTrial = clock.after(HOLD_MS, () => takeOver(one, held));
            return;
          }
          held.push(frame);
          if (held.length > HELD_MAX) return missed("silent");
          if (frame.t === "welcome") one.send({ t: "ping", id: TRIAL_PING });
        },
        closed(code) {
          if (carrier === one) end(code);
          else if (trial === one) missed(hasOpened ? "cut" : "refused", code);
        },
      });
      trial = one;
      cancelTrial = clock.after(TRIAL_MS, () => missed("silent"));
    }

    function missed(kind: "refused" | "cut" | "silent", code?: number) {
      history?.note({ transport: preferred.name, kind, code });
      drop();
      way.still();
      wait = Math.min(wait * 2, TRY_MAX_MS);
      postpone();
      arm();
    }

    /** Follows again from the positions, so that the fallback's last answer leaves no gap, even if it was lost. */
    function takeOver(one: Connection, held: readonly ServerFrame[]) {
      trial = undefined;
      carrier = one;
      tookOverAt = clock.now();
      if (history) history.nextTry.value = undefined;
      fallback.close(NORMAL_CLOSE);
      way.back();
      cancelTrial = clock.after(WORKED_MS, way.worked);
      for (const frame of held) on.frame(frame);
    }

    const isFlapping = since(tookOverAt, clock) < WORKED_MS;
    if (isFlapping) wait = Math.min(wait * 2, TRY_MAX_MS);
    else if (tookOverAt > -Infinity) wait = TRY_FIRST_MS;
    if (tookOverAt > -Infinity || dueAt === -Infinity) postpone();
    tookOverAt = -Infinity;
    arm();

    return {
      send: (frame) => carrier.send(frame),
      close(code) {
        stop();
        carrier.close(code);
      },
      wake() {
        if (carrier !== fallback) return;
        fallback.wake?.();
        wait = TRY_FIRST_MS; // The network may be another one.
        tryPreferred();
      },
    };
  }

  return { connect };
}
