/**
 * Shares one connection among the tabs of a person (lib/README.md, Transports; HTTP/1.1 allows six a host). A Web
 * Lock elects the tab that connects; the others get its frames over a BroadcastChannel. When that tab closes, another
 * one gets the lock; when it does not answer a visible tab within 2 s, the visible one takes the lock. Each tab holds
 * its own positions and pulls what it lacks, so no event is lost or doubled, whichever tab leads.
 */
import type { ClientFrame, ServerFrame } from "../../protocol/frames.ts";
import type { Cancel } from "../connection/clock.ts";
import {
  type Connection,
  NORMAL_CLOSE,
  type Transport,
  type TransportEvents,
  UNKNOWN_CLOSE,
} from "../connection/transport.ts";
import { type AskDeps, createAsk, makeCall } from "./ask.ts";
import { createPing } from "./ping.ts";
import { createResumePoints } from "./resume_points.ts";
import { createSharedConnection, type SharedConnection } from "./shared_connection.ts";
import { type TabMessage, tabMessage, type ToLeader } from "./tab_messages.ts";

/** Whoever leads must answer within this. */
export const UNANSWERED_MS = 2_000;
/** How often a visible tab asks whether anybody leads. */
export const ASK_EVERY_MS = 5_000;
/** What a browser gives its tabs. */
export interface Tabs {
  /** Holds the lock until what `hold` gives is settled; rejects when it is taken away, or `signal` ends the wait. */
  lock(name: string, how: { steal?: true; signal?: AbortSignal }, hold: () => Promise<void>): Promise<void>;
  open(name: string, heard: (value: unknown) => void): TabChannel;
  isVisible(): boolean;
  /** Calls `run` whenever the tab becomes visible, until cancelled. */
  onVisible(run: () => void): Cancel;
  /** The page goes, for good or into the browser's cache of pages; until cancelled. */
  onLeave(run: () => void): Cancel;
}

export interface TabChannel {
  post(value: unknown): void;
  close(): void;
}

export interface SharedTransportDeps extends AskDeps {
  transport: Transport;
  tabs: Tabs;
  /** Names this tab to the others. */
  newKey(): string;
}

export function createSharedTransport(deps: SharedTransportDeps): Transport {
  return { name: deps.transport.name, connect: (on) => connect(deps, on) };
}

function connect(deps: SharedTransportDeps, on: TransportEvents): Connection {
  const { me, transport, tabs, clock } = deps;
  const tab = deps.newKey();
  const name = `rivulet-${transport.name}-${me}`;
  const ask = createAsk(deps);
  const fail = () => end(UNKNOWN_CLOSE);
  const points = createResumePoints({ ask, give: on.frame, failed: fail });
  const ping = createPing({ ask, clock, points, give: on.frame, isOver: () => isOver, stalled: fail });
  const released = Promise.withResolvers<void>();
  let users: readonly string[] = [];
  let leader: string | undefined;
  /** While this tab leads. */
  let connection: SharedConnection | undefined;
  let waiting = new AbortController();
  let isOver = false;
  let cancelUnanswered: Cancel = () => {};
  let cancelAsk: Cancel = () => {};

  const channel = tabs.open(name, (value) => {
    const { success, data } = tabMessage.safeParse(value);
    if (success) take(data);
  });
  /** Sends a message to the other tabs and to this one. */
  const post = (message: TabMessage) => {
    channel.post(message);
    take(message);
  };

  function take(message: TabMessage) {
    if (isOver) return;
    switch (message.t) {
      case "lead":
        if (connection) return; // If the lock was taken from this tab, its promise rejects.
        leader = message.by;
        return channel.post({ t: "hello", tab });
      case "here":
        if (message.to !== tab || connection) return;
        cancelUnanswered();
        if (leader !== undefined && leader !== message.by) channel.post({ t: "hello", tab }); // Its "lead" was missed.
        leader = message.by;
        return;
      case "frame":
        if (message.by !== leader || (message.to ?? tab) !== tab) return;
        cancelUnanswered();
        return receive(message.frame);
      case "closed":
        if (message.by === leader) end(message.code);
        return;
      default:
        connection?.receive(message);
    }
  }

  function receive(frame: ServerFrame) {
    if (frame.t === "welcome") points.begin(); // The session follows everything again, from its positions.
    points.receive(frame);
  }

  function queue() {
    waiting = new AbortController();
    hold({ signal: waiting.signal });
  }

  function takeOver() {
    waiting.abort();
    hold({ steal: true });
  }

  function hold(how: { steal?: true; signal?: AbortSignal }) {
    let isLeading = false;
    const lead = () => {
      if (isOver) return Promise.resolve();
      isLeading = true;
      leader = tab;
      cancelUnanswered();
      channel.post({ t: "lead", by: tab });
      connection = createSharedConnection({
        transport,
        tab,
        send: (frame, to) => isLeading && post({ t: "frame", by: tab, to, frame }),
        here: (to) => post({ t: "here", by: tab, to }),
        opened: () => on.opened?.(),
        closed: (code) => isLeading && post({ t: "closed", by: tab, code }),
      });
      return released.promise;
    };
    tabs.lock(name, how, lead).catch(() => {
      if (!isLeading || isOver) return; // Waiting was aborted.
      isLeading = false; // It was taken away: this tab said nothing for too long.
      connection?.close(NORMAL_CLOSE);
      connection = undefined;
      leader = undefined;
      queue();
      expect();
    });
  }

  /** Asks whoever leads; without an answer a visible tab takes over. */
  function expect() {
    if (connection || isOver) return;
    cancelUnanswered();
    cancelUnanswered = clock.after(UNANSWERED_MS, () => !connection && tabs.isVisible() && takeOver());
    channel.post({ t: leader === undefined ? "hello" : "there", tab });
  }

  function keepAsking() {
    cancelAsk = clock.after(ASK_EVERY_MS, () => {
      if (tabs.isVisible()) expect();
      keepAsking();
    });
  }

  function toLeader(message: ToLeader) {
    if (connection) connection.receive(message);
    else channel.post(message);
  }

  const want = () => toLeader({ t: "want", tab, streams: points.streams(), users: [...users] });

  function end(code: number) {
    if (isOver) return;
    stop(code);
    on.closed(code);
  }

  function stop(code: number) {
    if (isOver) return;
    isOver = true;
    points.stop();
    cancelUnanswered();
    cancelAsk();
    cancelVisible();
    cancelLeave();
    connection?.close(code);
    leave();
    channel.close();
    waiting.abort();
    released.resolve(); // The lock goes to the next tab.
  }

  const leave = () => channel.post({ t: "left", tab });

  function send(frame: ClientFrame) {
    switch (frame.t) {
      case "call":
        return void makeCall(ask, frame, on.frame, () => !isOver && toLeader({ t: "look", tab }));
      case "ping":
        return void ping(frame.id);
      case "follow":
        for (const [stream, offset] of Object.entries(frame.streams)) points.follow(stream, offset);
        return want();
      case "unfollow":
        frame.streams.forEach(points.unfollow);
        return want();
      case "watch":
        users = frame.users;
        return want();
    }
  }

  const cancelVisible = tabs.onVisible(() => expect());
  const cancelLeave = tabs.onLeave(leave);
  queue();
  expect();
  keepAsking();
  return { send, close: stop, wake: () => connection ? connection.wake() : expect() };
}
