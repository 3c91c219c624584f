/** What may happen to a workspace in use, as fast-check draws it: a seed gives the same steps again. */
import fc from "fast-check";
import type { Transport } from "./lines.ts";
import type { Fault } from "./proxy.ts";

export type Step =
  /** A fault of one proxy that lasts for so many sends of others; then it ends, and so do its connections. */
  | { kind: "fault"; at: number; fault: Fault; sends: number }
  /** All connections through one proxy end. */
  | { kind: "cut"; at: number }
  | { kind: "switch"; at: number; transport: Transport }
  | { kind: "kill" }
  /** The process stops for so long, and goes on (SIGSTOP). */
  | { kind: "stop"; ms: number };

const CUT_BYTES_MAX = 20_000; // a few frames
const DELAY_MS_MAX = 40;
const STOP_MS = { min: 500, max: 20_000 };
const ANY = 1_000; // `at` names a proxy or follower modulo how many there are

const fault: fc.Arbitrary<Fault> = fc.oneof(
  fc.constantFrom<Fault[]>(
    { kind: "refuse_upgrade" },
    { kind: "strip_upgrade" },
    { kind: "reset_after_101" },
    { kind: "silent_after_101" },
    { kind: "buffer_sse" },
    { kind: "blackhole" },
    { kind: "swallow_post" },
  ),
  fc.record({ kind: fc.constant("cut" as const), bytes: fc.nat(CUT_BYTES_MAX) }),
  fc.record({ kind: fc.constant("delay" as const), ms: fc.integer({ min: 1, max: DELAY_MS_MAX }) }),
);

/** A fault; `sends` is how long it lasts at most. */
export const faults = (sends: number): fc.Arbitrary<Step> =>
  fc.record({ kind: fc.constant("fault" as const), at: fc.nat(ANY), fault, sends: fc.integer({ min: 1, max: sends }) });

export const cuts: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("cut" as const), at: fc.nat(ANY) });

export const switches: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant("switch" as const),
  at: fc.nat(ANY),
  transport: fc.constantFrom<Transport[]>("ws", "sse", "poll"),
});

export const kill: fc.Arbitrary<Step> = fc.constant({ kind: "kill" });

export const stop: fc.Arbitrary<Step> = fc.record({ kind: fc.constant("stop" as const), ms: fc.integer(STOP_MS) });
