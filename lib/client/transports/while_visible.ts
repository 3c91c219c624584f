/**
 * A connection that is closed while its tab is hidden: for browsers that let tabs share nothing (no Web Locks on plain
 * http), so that six open tabs don't use up what HTTP/1.1 allows a host. The session stays; back in sight it goes on
 * from its positions.
 */
import type { Cancel } from "../connection/clock.ts";
import {
  type Connection,
  NORMAL_CLOSE,
  type Transport,
  type TransportEvents,
  UNKNOWN_CLOSE,
} from "../connection/transport.ts";
import { type AskDeps, createAsk, replyTo } from "./ask.ts";

/** A page that is opened in the background is brought up to now once; then it waits to be seen. */
const HIDDEN_AT_FIRST_MS = 5_000;
/** From opening it again to `welcome`: the session is live, so nobody else waits for one. */
const WELCOME_MS = 10_000;
/** The id of a pong that answers no ping: it shows life, and measures nothing. */
const NO_PING = -1;

export interface WhileVisibleDeps extends AskDeps {
  transport: Transport;
  isVisible(): boolean;
  /** Calls `run` on every change, until cancelled. */
  onChange(run: () => void): Cancel;
}

export function createWhileVisible(deps: WhileVisibleDeps): Transport {
  return { name: deps.transport.name, connect: (on) => connect(deps, on) };
}

function connect(deps: WhileVisibleDeps, on: TransportEvents): Connection {
  const { transport, isVisible, clock } = deps;
  const ask = createAsk(deps);
  let inner: Connection | undefined;
  let isOver = false;
  let cancelWelcome: Cancel = () => {};

  function open() {
    const mine = inner = transport.connect({
      frame(frame) {
        if (isOver || (inner !== mine && frame.t !== "reply")) return;
        if (frame.t === "welcome") cancelWelcome();
        on.frame(frame);
      },
      closed: (code) => inner === mine && end(code),
    });
    cancelWelcome = clock.after(WELCOME_MS, () => end(UNKNOWN_CLOSE));
  }

  function end(code: number) {
    if (isOver) return;
    close();
    on.closed(code);
  }

  function update() {
    if (isVisible() && !inner) open(); // Its welcome has everything followed again, from the positions.
    else if (!isVisible() && inner) {
      const hidden = inner;
      inner = undefined;
      cancelWelcome();
      hidden.close(NORMAL_CLOSE);
    }
  }

  function close(code = NORMAL_CLOSE) {
    isOver = true;
    cancel();
    cancelFirst();
    cancelWelcome();
    inner?.close(code);
  }

  const cancel = deps.onChange(update);
  const cancelFirst = clock.after(HIDDEN_AT_FIRST_MS, update);
  open();
  return {
    send(frame) {
      if (inner) return inner.send(frame);
      if (frame.t === "ping") on.frame({ t: "pong", id: NO_PING });
      if (frame.t === "call") void replyTo(ask, frame).then(on.frame);
    },
    close,
    wake: () => inner?.wake?.(),
  };
}
