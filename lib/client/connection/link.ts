/**
 * The one connection that carries the session, or none: opens it, gives it up if no `welcome` comes in time or it goes
 * silent, and reports how it ended. Frames of a connection that was let go are dropped.
 */
import type { ClientFrame, ServerFrame, ServerFrames } from "../../protocol/frames.ts";
import { close as codes } from "../../protocol/frames.ts";
import type { Cancel, Clock } from "./clock.ts";
import { createHeartbeat } from "./heartbeat.ts";
import { type Connection, NORMAL_CLOSE, type Transport } from "./transport.ts";

/** The deadline from connecting to `welcome`. */
const CONNECT_DEADLINE_MS = 10_000;

export interface LinkDeps {
  transport: Transport;
  clock: Clock;
  /** A further `welcome` means that the transport was switched; earlier calls are still answered. */
  welcome(frame: ServerFrames["welcome"], isSwitch: boolean): void;
  frame(frame: Exclude<ServerFrame, { t: "welcome" | "pong" }>): void;
  /** A round trip, in ms. */
  roundTrip(ms: number): void;
  /** `code` as a WebSocket's; `lived` is how long the session was live, in ms, undefined where it never was. */
  ended(code: number, why: string, lived: number | undefined): void;
}

export interface Link {
  /** Opens a connection in place of one that is not live. */
  open(): void;
  isOpen(): boolean;
  isLive(): boolean;
  /** Drops the frame unless live. */
  send(frame: ClientFrame): void;
  /** Measures a round trip, if live. */
  measure(): void;
  /** The machine slept: a live connection reads at once what is there, and must answer soon. */
  wake(): void;
  /** Ends it without waiting for its close, because it may be half open. */
  giveUp(why: string): void;
  /** Ends it, without `ended`. */
  close(): void;
}

export function createLink(deps: LinkDeps): Link {
  const { transport, clock } = deps;
  let connection: Connection | undefined;
  let liveSince: number | undefined;
  let cancel: Cancel = () => {};

  const send = (frame: ClientFrame) => {
    if (liveSince === undefined) return;
    heartbeat.sent();
    connection?.send(frame);
  };
  const heartbeat = createHeartbeat({
    clock,
    ping: (id) => send({ t: "ping", id }),
    dead: () => giveUp("no answer"),
  });

  function open() {
    close(); // A connection that was begun before a sleep may never answer.
    let mine: Connection | undefined = undefined;
    const isMine = () => mine !== undefined && mine === connection;
    mine = transport.connect({
      frame: (frame) => isMine() && receive(frame),
      closed: (code) => isMine() && ended(code, `closed with ${code}`),
    });
    connection = mine;
    cancel = clock.after(CONNECT_DEADLINE_MS, () => giveUp("no welcome"));
  }

  function receive(frame: ServerFrame) {
    heartbeat.received();
    if (frame.t === "welcome") return welcomed(frame);
    if (frame.t !== "pong") return deps.frame(frame);
    const ms = heartbeat.pong(frame.id);
    if (ms !== undefined) deps.roundTrip(ms); // Otherwise it answers an earlier ping.
  }

  function welcomed(frame: ServerFrames["welcome"]) {
    cancel();
    const isSwitch = liveSince !== undefined;
    liveSince = clock.now();
    heartbeat.start(frame.ping);
    deps.welcome(frame, isSwitch);
  }

  function giveUp(why: string) {
    connection?.close(codes.pingTimeout);
    ended(codes.pingTimeout, why);
  }

  function ended(code: number, why: string) {
    const lived = liveSince === undefined ? undefined : clock.now() - liveSince;
    letGo();
    deps.ended(code, why, lived);
  }

  function letGo() {
    cancel();
    connection = undefined;
    liveSince = undefined;
    heartbeat.stop();
  }

  function close() {
    const old = connection;
    letGo();
    old?.close(NORMAL_CLOSE);
  }

  return {
    open,
    isOpen: () => connection !== undefined,
    isLive: () => liveSince !== undefined,
    send,
    measure: () => liveSince !== undefined && heartbeat.ping(),
    wake() {
      connection?.wake?.();
      heartbeat.hurry();
    },
    giveUp,
    close,
  };
}
