/**
 * One live session with the server, kept up for as long as the page is open: connects, resumes every followed stream
 * from its position, notices a dead connection, and says in `status` what is going on. No UI, no DOM.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { commands } from "../protocol/commands.ts";
import { Refusal } from "../protocol/errors.ts";
import type { ClientFrame, ServerFrame, ServerFrames } from "../protocol/frames.ts";
import { close as codes, WATCH_MAX } from "../protocol/frames.ts";
import { backoff } from "./backoff.ts";
import { type Caller, createCalls } from "./calls.ts";
import type { Cancel, Clock } from "./clock.ts";
import { createFollowing, type Following } from "./following.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { createHistory, type History } from "./history.ts";
import type { Probe } from "./post.ts";
import { type Because, type Connection, NORMAL_CLOSE, type Transport, type TransportName } from "./transport.ts";

/** From connecting to `welcome`. */
const CONNECT_DEADLINE_MS = 10_000;
/** A session that lived this long was a good one: the next failure starts the backoff anew. */
const STABLE_MS = 5_000;
const STAY_AWAY_FIRST = 4400;
const STAY_AWAY_LAST = 4499;
const transportNames = ["ws", "sse", "poll"] as const satisfies readonly TransportName[];

export interface Status {
  state: "connecting" | "live" | "reconnecting" | "offline" | "signed_out" | "outdated";
  /** What carries the session, or the last one. */
  transport: TransportName;
  /** Why it is not the preferred one. */
  because?: Because;
  /** Failed tries in a row. */
  tries: number;
  /** When the next try is due, ms since 1970. */
  retryAt?: number;
  /** The last round trip in ms. */
  rtt?: number;
  reconnects: number;
  gapsHealed: number;
  lastError?: string;
}

export interface LiveClientDeps {
  transport: Transport;
  probe(): Promise<Probe>;
  /** Calls while no session is live. */
  post: Caller;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
  /** Shared with what chooses the transport. */
  history?: History;
}

/** Frames of latest state, told as they come. */
export type Latest = {
  [T in "welcome" | "digest" | "presence" | "typing"]?: (frame: ServerFrames[T]) => void;
};

export interface LiveClient extends Pick<Following, "follow" | "unfollow" | "position" | "sync"> {
  status: ReadonlySignal<Status>;
  history: History;
  /** Measures a round trip, which comes into the history. */
  measure(): void;
  /** Over the session when it is live, else by POST. */
  call: Caller;
  listen(latest: Latest): void;
  /** Whose presence is wanted; replaces the list, of which the first 200 count. */
  watch(users: string[]): void;
  start(): void;
  /** The page was asleep or the network came back: asks the server before anything else. */
  wake(): Promise<void>;
  stop(): void;
}

export function createLiveClient(deps: LiveClientDeps): LiveClient {
  const { transport, probe, post, clock, random, history = createHistory(deps.clock) } = deps;
  const status = signal<Status>({
    state: "connecting",
    transport: transport.name,
    tries: 0,
    reconnects: 0,
    gapsHealed: 0,
  });
  const set = (change: Partial<Status>) => status.value = { ...status.peek(), ...change };
  const listeners: Latest[] = [];
  let connection: Connection | undefined;
  let liveSince: number | undefined;
  let everLive = false;
  let stopped = false;
  let byeRetry: number | undefined;
  let watched: string[] = [];
  let cancel: Cancel = () => {};

  const send = (frame: ClientFrame) => {
    if (liveSince === undefined) return;
    heartbeat.sent();
    connection?.send(frame);
  };
  const heartbeat = createHeartbeat({
    clock,
    ping: (id) => send({ t: "ping", id }),
    dead: () => lost(codes.pingTimeout, "no answer"),
  });
  const calls = createCalls({ clock, send });
  const following = createFollowing({ send, healed: () => set({ gapsHealed: status.peek().gapsHealed + 1 }) });

  function connect() {
    cancel();
    set({ state: everLive ? "reconnecting" : "connecting", retryAt: undefined });
    let mine: Connection | undefined = undefined;
    const isMine = () => mine !== undefined && mine === connection;
    mine = transport.connect({
      frame: (frame) => isMine() && receive(frame),
      closed: (code) => isMine() && ended(code),
    });
    connection = mine;
    cancel = clock.after(CONNECT_DEADLINE_MS, () => lost(codes.pingTimeout, "no welcome"));
  }

  function receive(frame: ServerFrame) {
    heartbeat.heard();
    switch (frame.t) {
      case "welcome":
        return welcomed(frame);
      case "followed":
      case "events":
      case "gone":
        return following.frame(frame);
      case "reply":
        return calls.reply(frame);
      case "pong":
        return measured(heartbeat.pong(frame.id));
      case "bye":
        byeRetry = frame.retry;
        return;
      case "digest":
        return listeners.forEach((one) => one.digest?.(frame));
      case "presence":
        return listeners.forEach((one) => one.presence?.(frame));
      case "typing":
        return listeners.forEach((one) => one.typing?.(frame));
    }
  }

  function measured(rtt: number | undefined) {
    if (rtt === undefined) return; // Of an earlier ping.
    set({ rtt });
    history.roundTrip(rtt);
  }

  function welcomed(frame: ServerFrames["welcome"]) {
    cancel();
    const isSwitch = liveSince !== undefined; // Calls under way are still answered.
    liveSince = clock.now();
    byeRetry = undefined;
    heartbeat.start(frame.ping);
    following.resume();
    if (watched.length > 0) send({ t: "watch", users: watched });
    set({
      state: "live",
      transport: transportNames.find((it) => it === frame.transport) ?? transport.name,
      because: transport.because?.(),
      lastError: undefined,
      rtt: undefined,
      reconnects: status.peek().reconnects + (everLive && !isSwitch ? 1 : 0),
    });
    everLive = true;
    history.note({ transport: status.peek().transport, kind: "live" });
    listeners.forEach((one) => one.welcome?.(frame));
  }

  /** We gave up on the connection: it may be half open, so nobody waits for its close. */
  function lost(code: number, why: string) {
    connection?.close(code);
    ended(code, why);
  }

  function ended(code: number, why = `closed with ${code}`) {
    const lived = liveSince === undefined ? undefined : clock.now() - liveSince;
    letGo();
    set({ lastError: why, rtt: undefined });
    if (lived !== undefined) history.note({ transport: status.peek().transport, kind: "broke", code, why });
    if (code === codes.signedOut) return set({ state: "signed_out" });
    if (code >= STAY_AWAY_FIRST && code <= STAY_AWAY_LAST) return set({ state: "outdated" });
    if (lived !== undefined && lived >= STABLE_MS) set({ tries: 0 });
    set({ state: "reconnecting" });
    // A browser cannot see why an upgrade failed (PROTOCOL.md §1); a session that lived needs no explanation.
    if (lived === undefined) return void ask().then((answer) => answer !== "signed_out" && retry());
    retry();
  }

  function letGo() {
    cancel();
    connection = undefined;
    liveSince = undefined;
    heartbeat.stop();
    calls.drop();
  }

  function retry() {
    if (connection) return;
    const { tries } = status.peek();
    const wait = byeRetry ?? backoff(tries, random);
    byeRetry = undefined;
    set({ tries: tries + 1, retryAt: clock.now() + wait });
    cancel();
    cancel = clock.after(wait, connect);
  }

  async function ask(): Promise<Probe> {
    const answer = await probe();
    if (isOver()) return "signed_out";
    if (answer === "signed_out") {
      connection?.close(NORMAL_CLOSE);
      letGo();
      set({ state: "signed_out" });
    } else if (answer === "unreachable" && liveSince === undefined) {
      set({ state: "offline", lastError: "no network" });
    } else if (answer === "unavailable") set({ lastError: "server not available" });
    if (answer !== "ok") history.note({ transport: status.peek().transport, kind: "away", probe: answer });
    return answer;
  }

  const isOver = () => stopped || ["signed_out", "outdated"].includes(status.peek().state);

  return {
    status,
    history,
    measure: () => liveSince !== undefined && heartbeat.ping(),
    sync: following.sync,
    call(name, body) {
      if (liveSince !== undefined) return calls.call(name, body);
      if (status.peek().state !== "signed_out") return post(name, body);
      return Promise.reject(new Refusal("unauthenticated", `Cannot ${commands[name].verb}: not signed in`));
    },
    follow: following.follow,
    unfollow: following.unfollow,
    position: following.position,
    listen: (latest) => void listeners.push(latest),
    watch(users) {
      watched = users.slice(0, WATCH_MAX);
      send({ t: "watch", users: watched });
    },
    start: connect,
    async wake() {
      if (isOver()) return;
      const answer = await ask();
      if (answer === "signed_out") return;
      if (liveSince !== undefined) {
        connection?.wake?.();
        return heartbeat.hurry();
      }
      if (answer === "unreachable") return; // The next try is due anyhow.
      connection?.close(NORMAL_CLOSE); // It was begun before the sleep and may never say anything.
      connect();
    },
    stop() {
      stopped = true;
      connection?.close(NORMAL_CLOSE);
      letGo();
    },
  };
}
