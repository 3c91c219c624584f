/** Notices half-open connections (lib/protocol/README.md §5): pings when we are silent, gives up when they are. */
import { type Cancel, type Clock, since } from "./clock.ts";

/** After a wake a live connection must answer within this. */
const WAKE_ANSWER_MS = 3_000;

export interface Heartbeat {
  /** `every` is `welcome`'s `ping`, in ms. */
  start(every: number): void;
  stop(): void;
  sent(): void;
  received(): void;
  /** The round trip in ms of the ping that `pong` answers, if it is the last one. */
  pong(id: number): number | undefined;
  /** Measures a round trip. */
  ping(): void;
  /** The machine slept: ask at once, and don't wait long. */
  hurry(): void;
}

export function createHeartbeat(deps: { clock: Clock; ping(id: number): void; dead(): void }): Heartbeat {
  const { clock } = deps;
  let every = 0; // 0: nothing runs
  let lastSent = 0;
  let lastHeard = 0;
  /** When we first sent something after what we last received. A timer that slept must not blame the server. */
  let unheardSince: number | undefined;
  let pinged = { id: 0, at: 0 };
  let cancel: Cancel = () => {};
  let cancelHurry: Cancel = () => {};

  function ping() {
    pinged = { id: pinged.id + 1, at: clock.now() };
    deps.ping(pinged.id);
  }

  function check() {
    const asked = unheardSince !== undefined && since(unheardSince, clock) >= every;
    if (asked && since(lastHeard, clock) >= 2 * every) return deps.dead();
    if (since(lastSent, clock) >= every) ping();
    arm();
  }

  function arm() {
    const due = [lastSent + every, lastHeard + 2 * every];
    if (unheardSince !== undefined) due.push(unheardSince + every);
    const now = clock.now();
    cancel();
    cancel = clock.after(Math.min(...due.filter((at) => at > now), now + every) - now, check);
  }

  return {
    start(ms) {
      every = ms;
      lastSent = lastHeard = clock.now();
      unheardSince = undefined;
      ping(); // It measures the first round trip, and shows at once that both directions work.
      arm();
    },
    stop() {
      every = 0;
      cancel();
      cancelHurry();
    },
    sent() {
      lastSent = clock.now();
      unheardSince ??= lastSent;
    },
    received() {
      lastHeard = clock.now();
      unheardSince = undefined;
      cancelHurry();
      if (every > 0) arm(); // In a hidden page a timer that a timer set may be a minute late; this one is not.
    },
    ping,
    pong: (id) => id === pinged.id ? clock.now() - pinged.at : undefined,
    hurry() {
      ping();
      cancelHurry();
      cancelHurry = clock.after(WAKE_ANSWER_MS, deps.dead);
    },
  };
}
