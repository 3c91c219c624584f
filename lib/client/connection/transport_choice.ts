/**
 * Chooses the transport of the session: the preferred one, or the fallback if something in between blocks it. Blocked
 * means that it fails **while an HTTP probe succeeds**; otherwise the server or the network is away, and the fallback
 * would not help. One failure may be a restart, so it takes two in a row, or a silence that outlasts a probe.
 * The fallback itself, and the way back from it, are fetched only when they are needed.
 */
import { close as codes, type ServerFrame } from "../../protocol/frames.ts";
import type { Cancel, Clock } from "./clock.ts";
import type { History } from "./history.ts";
import type { Probe } from "./post.ts";
import { type Because, type Connection, NORMAL_CLOSE, type Transport } from "./transport.ts";
import { type TransportEvents, UNKNOWN_CLOSE } from "./transport.ts";
import type { TransportMemory } from "./transport_memory.ts";

/** Nothing heard for this long is worth a probe; with the probe and the first poll it stays below 6 s. */
export const SILENT_MS = 3_000;
/**
 * How long a preferred event stream may be silent: one that brought no event by then is held back by a proxy. With the
 * slowest probe (5 s) it stays within the 10 s after which the live client gives up.
 */
export const FIRST_EVENT_MS = 5_000;
/** A session that lived this long was a good one. */
const STABLE_MS = 5_000;
const FAILURES_MAX = 2; // in a row
const AGAIN_MS = 500;
const OURS_FIRST = 4000;
const OURS_LAST = 4499;

/** Frames that show that the server gets ours too; `welcome` and the digest come unasked. */
const answers = new Set<ServerFrame["t"]>(["pong", "followed", "reply"]);

/** What the fallback finds out about the preferred transport. */
export interface WayBack {
  /** It carries the session again; its `welcome` comes next. */
  back(): void;
  /** It has carried the session for so long that earlier failures no longer count. */
  worked(): void;
  /** It was tried and still does not work. */
  still(): void;
}

export interface Fallback {
  connect(on: TransportEvents, way: WayBack): Connection;
}

export interface TransportChoiceDeps {
  preferred: Transport;
  /** Fetches the fallback; may fail, and is then asked again. */
  load(): Promise<Fallback>;
  probe(): Promise<Probe>;
  memory: TransportMemory;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  history?: Pick<History, "note">;
  /** How long silence is borne, in ms; 3 s by default. */
  silence?: number;
}

export function createTransportChoice(deps: TransportChoiceDeps): Transport {
  const { preferred, probe, memory, clock, random, history, silence = SILENT_MS } = deps;
  let because = memory.recall();
  let failures = 0;
  let loading: Promise<Fallback> | undefined;

  function load(): Promise<Fallback> {
    loading ??= deps.load().catch((error) => {
      loading = undefined;
      throw error;
    });
    return loading;
  }

  function connect(on: TransportEvents): Connection {
    let carrier: Connection | undefined;
    let isOver = false;
    let cancel: Cancel = () => {};

    function end(code: number) {
      if (isOver) return;
      isOver = true;
      cancel();
      on.closed(code);
    }

    function tryPreferred() {
      let left = false;
      let isProven = false;
      let hasOpened = false;
      let welcomedAt: number | undefined;
      const attempt = preferred.connect({
        opened: () => hasOpened = true,
        frame(frame) {
          if (left || isOver) return; // A connection that we gave up may still open and bring frames.
          if (frame.t === "welcome") {
            welcomedAt = clock.now();
            listen();
          } else if (answers.has(frame.t) && !isProven) {
            isProven = true;
            cancel();
          }
          on.frame(frame);
        },
        closed(code) {
          if (left || isOver) return;
          left = true;
          cancel();
          const lived = welcomedAt === undefined ? 0 : clock.now() - welcomedAt;
          // Our server sent a code of its own, so nothing stands in between.
          const isOwn = welcomedAt === undefined ? isOfOurs(code) : code !== UNKNOWN_CLOSE;
          if (isOwn || lived >= STABLE_MS) failures = 0;
          else failures++;
          if (isOwn) return end(code);
          if (welcomedAt === undefined) return void judge(hasOpened ? "cut" : "blocked", code);
          if (failures > 0) void forgive();
          end(code);
        },
      });
      carrier = attempt;
      listen();

      function listen() {
        cancel();
        cancel = clock.after(silence, () => void silent());
      }

      async function silent() {
        const asked = welcomedAt;
        void load().catch(() => {});
        const answer = await probe();
        // It was slow, not silent: a frame came during the probe.
        if (left || isOver || isProven || welcomedAt !== asked) return;
        if (answer !== "ok" && answer !== "signed_out") {
          failures = 0; // The network is away, for which the live client has deadlines.
          return;
        }
        left = true;
        history?.note({ transport: preferred.name, kind: "silent", probe: answer });
        attempt.close(NORMAL_CLOSE);
        if (answer === "signed_out") return end(codes.signedOut);
        because = "silent";
        // Frames sent meanwhile are lost, so a live session ends, and the next goes over the fallback at once.
        if (welcomedAt !== undefined) return end(UNKNOWN_CLOSE);
        await fallBack();
      }
    }

    async function judge(why: Because, code: number) {
      void load().catch(() => {});
      const answer = await probe();
      if (why !== "unstable") { // Each of these failures is in the history already.
        const kind = why === "cut" ? "cut" : "refused";
        history?.note({ transport: preferred.name, kind, code, probe: answer });
      }
      if (isOver) return;
      if (answer === "signed_out") return end(codes.signedOut);
      if (answer !== "ok") {
        failures = 0;
        return end(UNKNOWN_CLOSE);
      }
      if (failures < FAILURES_MAX) {
        cancel = clock.after(AGAIN_MS * (1 + random()) / 2, tryPreferred);
        return;
      }
      because = why;
      memory.remember(why);
      await fallBack();
    }

    /** A session that ended early says nothing about the transport if the network went with it. */
    async function forgive() {
      if (await probe() !== "ok") failures = 0;
    }

    async function fallBack() {
      let fallback: Fallback;
      try {
        fallback = await load();
      } catch {
        because = undefined; // Only the preferred one is there, so it is tried again.
        failures = 0;
        return end(UNKNOWN_CLOSE);
      }
      if (isOver) return;
      carrier = fallback.connect({ frame: (frame) => isOver || on.frame(frame), closed: end }, {
        back() {
          because = undefined;
          failures = FAILURES_MAX - 1; // On probation: one more failure is enough.
          memory.forget();
        },
        worked: () => void (failures = 0),
        still: () => because && memory.remember(because),
      });
    }

    if (because) void fallBack();
    else if (failures >= FAILURES_MAX) void judge("unstable", UNKNOWN_CLOSE);
    else tryPreferred();

    return {
      send: (frame) => carrier?.send(frame),
      close(code) {
        isOver = true;
        cancel();
        carrier?.close(code);
      },
      wake: () => carrier?.wake?.(),
    };
  }

  return { name: preferred.name, connect, because: () => because };
}

/** Before `welcome` only these are surely from our server (lib/protocol/README.md §5): proxies use 1000, 1001, 1011. */
function isOfOurs(code: number): boolean {
  return code === codes.restart || code === codes.overloaded || (code >= OURS_FIRST && code <= OURS_LAST);
}
