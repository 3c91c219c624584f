/**
 * One live session with the server, kept up for as long as the page is open: connects, resumes every followed stream
 * from its position, notices a dead connection, and says in `status` what is going on. No UI, no DOM.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { pageCommands } from "../../protocol/page_commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import type { ServerFrames } from "../../protocol/frames.ts";
import { close as codes, WATCH_MAX } from "../../protocol/frames.ts";
import { ASKED_MAX_MS, backoff } from "./backoff.ts";
import { type Caller, createCalls } from "./calls.ts";
import type { Cancel, Clock } from "./clock.ts";
import { createFollowing, type Following } from "./following.ts";
import { createHistory, type History } from "./history.ts";
import { createLink, type LinkDeps } from "./link.ts";
import type { Probe } from "./post.ts";
import type { Because, Transport, TransportName } from "./transport.ts";

/** A session that lived this long was a good one: the next failure starts the backoff again. */
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

/** Listeners for the frames of latest state. */
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
  /** The page was asleep, or the network went or came back: asks the server before anything else. */
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
  let everLive = false;
  let stopped = false;
  let byeRetry: number | undefined;
  let watched: string[] = [];
  let cancel: Cancel = () => {};

  const link = createLink({ transport, clock, welcome, frame: receive, roundTrip, ended });
  const calls = createCalls({ clock, send: link.send });
  const following = createFollowing({
    send: link.send,
    healed: () => set({ gapsHealed: status.peek().gapsHealed + 1 }),
  });

  function connect() {
    cancel();
    set({ state: everLive ? "reconnecting" : "connecting", retryAt: undefined });
    link.open();
  }

  function receive(frame: Parameters<LinkDeps["frame"]>[0]) {
    switch (frame.t) {
      case "followed":
      case "events":
      case "gone":
        return following.frame(frame);
      case "reply":
        return calls.reply(frame);
      case "bye":
        byeRetry = Math.min(frame.retry, ASKED_MAX_MS);
        return;
      case "digest":
        return listeners.forEach((one) => one.digest?.(frame));
      case "presence":
        return listeners.forEach((one) => one.presence?.(frame));
      case "typing":
        return listeners.forEach((one) => one.typing?.(frame));
    }
  }

  function roundTrip(rtt: number) {
    set({ rtt });
    history.roundTrip(rtt);
  }

  function welcome(frame: ServerFrames["welcome"], isSwitch: boolean) {
    byeRetry = undefined;
    following.resume();
    if (watched.length > 0) link.send({ t: "watch", users: watched });
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

  function ended(code: number, why: string, lived: number | undefined) {
    calls.drop();
    set({ lastError: why, rtt: undefined });
    if (lived !== undefined) history.note({ transport: status.peek().transport, kind: "broke", code, why });
    if (code === codes.signedOut) return set({ state: "signed_out" });
    if (code >= STAY_AWAY_FIRST && code <= STAY_AWAY_LAST) return set({ state: "outdated" });
    if (lived !== undefined && lived >= STABLE_MS) set({ tries: 0 });
    set({ state: "reconnecting" });
    // A browser cannot see why an upgrade failed (lib/protocol/README.md §1); one that lived needs no explanation.
    if (lived === undefined) return void ask().then((answer) => answer !== "signed_out" && retry());
    retry();
  }

  function letGo() {
    cancel();
    link.close();
    calls.drop();
  }

  function retry() {
    if (link.isOpen()) return;
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
      letGo();
      set({ state: "signed_out" });
    } else if (answer === "unreachable" && !link.isLive()) {
      set({ state: "offline", lastError: "no network" });
    } else if (answer === "unavailable") set({ lastError: "server not available" });
    if (answer !== "ok") history.note({ transport: status.peek().transport, kind: "away", probe: answer });
    return answer;
  }

  const isOver = () => stopped || ["signed_out", "outdated"].includes(status.peek().state);

  return {
    status,
    history,
    measure: link.measure,
    sync: following.sync,
    call(name, body) {
      if (link.isLive()) return calls.call(name, body);
      if (status.peek().state !== "signed_out") return post(name, body);
      return Promise.reject(new Refusal("unauthenticated", `Cannot ${pageCommands[name].verb}: not signed in`));
    },
    follow: following.follow,
    unfollow: following.unfollow,
    position: following.position,
    listen: (latest) => void listeners.push(latest),
    watch(users) {
      watched = users.slice(0, WATCH_MAX);
      link.send({ t: "watch", users: watched });
    },
    start: connect,
    async wake() {
      if (isOver()) return;
      const answer = await ask();
      if (answer === "signed_out") return;
      if (answer !== "unreachable") return link.isLive() ? link.wake() : connect();
      if (!link.isLive()) return; // The next try is due already.
      link.giveUp("no network"); // This holds even if the socket still seems open.
      set({ state: "offline" });
    },
    stop() {
      stopped = true;
      letGo();
    },
  };
}
