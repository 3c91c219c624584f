/**
 * The long-poll transport (lib/protocol/README.md §5): the offsets sent are the acknowledgement, so a lost answer costs
 * nothing. A change of the followed streams aborts the poll under way and polls again. Calls and pings are requests of
 * their own.
 */
import { createFrameReader } from "../../protocol/compact.ts";
import { type ClientFrame, close as codes, PROTOCOL_VERSION, type ServerFrame } from "../../protocol/frames.ts";
import { type PollAnswer, pollAnswer, type PollRequest, WAIT_MAX_MS } from "../../protocol/poll.ts";
import { whoAmI } from "../../protocol/users.ts";
import { isWord } from "../../protocol/streams.ts";
import { backoff } from "../connection/backoff.ts";
import type { Cancel } from "../connection/clock.ts";
import { type Connection, type Transport, type TransportEvents, UNKNOWN_CLOSE } from "../connection/transport.ts";
import { type AskDeps, createAsk, LATE_MS, makeCall, pull } from "./ask.ts";

/** How often the live client checks the connection; a poll under way shows it too. */
const PING_MS = 30_000;
/** An answer that came sooner and brought nothing is followed by a pause. */
const QUICK_MS = 1_000;
const PAUSE_MS = 500;
const UNAUTHENTICATED = 401;

export interface PollTransportDeps extends AskDeps {
  /** From 0 to below 1. */
  random(): number;
  /** What the session would rather go by, and why it doesn't; the server counts it. */
  instead?(): PollRequest["fallback"];
}

export function createPollTransport(deps: PollTransportDeps): Transport {
  return { name: "poll", connect: (on) => connect(deps, on) };
}

function connect(deps: PollTransportDeps, on: TransportEvents): Connection {
  const { clock, random } = deps;
  const ask = createAsk(deps);
  const offsets = new Map<string, string>();
  /** Streams asked for whose delivery has not begun. */
  const asked = new Set<string>();
  /** Rooms where somebody was typing, by the last answer. */
  let typing = new Set<string>();
  let users: string[] | undefined;
  let stateHash = "";
  let empty = 0; // answers in a row that came at once and brought nothing
  let isOver = false;
  let isWelcomed = false;
  let isTold = false; // what it polls instead of
  let isPlanned = false;
  let poll = new AbortController();
  let cancelPause: Cancel = () => {};

  function end(code: number) {
    if (isOver) return;
    stop();
    on.closed(code);
  }

  function stop() {
    isOver = true;
    cancelPause();
    poll.abort();
  }

  async function begin() {
    try {
      const { ok, status, value } = await ask("/api/auth.me", {}, LATE_MS, poll.signal);
      if (!ok) return end(codeOf(status));
      const { user } = whoAmI.parse(value);
      if (isOver) return;
      isWelcomed = true;
      on.frame({
        t: "welcome",
        v: PROTOCOL_VERSION,
        user,
        session: "",
        ping: PING_MS,
        transport: "poll",
        instance: "",
      });
      plan();
    } catch {
      end(UNKNOWN_CLOSE);
    }
  }

  /** Polls once for all changes of this turn. */
  function plan() {
    if (isPlanned || !isWelcomed) return;
    isPlanned = true;
    queueMicrotask(() => {
      isPlanned = false;
      void pollOnce();
    });
  }

  async function pollOnce() {
    if (isOver) return;
    cancelPause();
    poll.abort();
    const mine = poll = new AbortController();
    const begun = clock.now();
    const body = {
      v: PROTOCOL_VERSION,
      streams: Object.fromEntries(offsets),
      wait: WAIT_MAX_MS,
      users,
      seen: stateHash,
      compact: true,
      fallback: isTold ? undefined : deps.instead?.(),
    };
    try {
      const { ok, status, value } = await ask("/live/poll", body, WAIT_MAX_MS + LATE_MS, mine.signal);
      if (poll !== mine || isOver) return;
      if (!ok) return end(codeOf(status));
      isTold = true;
      const brought = take(pollAnswer.parse(value), body.streams);
      if (poll !== mine || isOver) return;
      empty = brought || clock.now() - begun >= QUICK_MS ? 0 : empty + 1;
      // With more tabs than the server lets poll, each would end the other's poll for ever without a pause.
      if (empty > 0) cancelPause = clock.after(PAUSE_MS + backoff(empty, random), pollOnce);
      else plan();
    } catch {
      if (poll === mine) end(UNKNOWN_CLOSE);
    }
  }

  /** Gives the answer's frames in order. True if it brought anything that was not known. */
  function take(answer: PollAnswer, sent: Record<string, string>): boolean {
    const frames = answer.frames.map(createFrameReader(sent)).filter((it) => it !== undefined);
    const began: ServerFrame[] = [];
    let brought = answer.seen !== undefined && answer.seen !== stateHash;
    const isState = brought;
    stateHash = answer.seen ?? stateHash;
    for (const [stream, to] of Object.entries(answer.streams)) {
      const from = sent[stream];
      if (from === undefined || !offsets.has(stream)) continue;
      if (to !== from) brought = true;
      offsets.set(stream, to);
      if (!asked.delete(stream)) continue;
      const first = frames.find((it) => it.t === "events" && it.stream === stream);
      const offset = !isWord(from) ? from : first?.t === "events" ? first.from : to;
      began.push({ t: "followed", stream, offset, head: to });
    }
    const typingNow = new Set<string>();
    for (const frame of frames) {
      if (frame.t === "gone" && offsets.delete(frame.stream)) brought = true;
      if (frame.t === "typing") typingNow.add(frame.room);
    }
    if (isState) {
      // Latest state comes whole: a room that is not in it has nobody typing.
      for (const room of typing) if (!typingNow.has(room)) frames.push({ t: "typing", room, users: [] });
      typing = typingNow;
    }
    // What a frame makes the client follow or leave is asked for in the next poll.
    for (const frame of [...began, ...frames.filter(({ t }) => t !== "followed")]) if (!isOver) on.frame(frame);
    if (frames.some((it) => it.t === "bye")) end(codes.restart);
    return brought;
  }

  /** A real round trip: the poll under way says nothing about now. */
  async function ping(id: number) {
    const isOpen = await pull(ask, {}).then(() => true, () => false);
    if (isOpen && !isOver) on.frame({ t: "pong", id });
  }

  function send(frame: ClientFrame) {
    switch (frame.t) {
      case "call":
        return void makeCall(ask, frame, on.frame, plan); // The poll under way began before that.
      case "ping":
        return void ping(frame.id);
      case "follow":
        for (const [stream, offset] of Object.entries(frame.streams)) {
          offsets.set(stream, offset);
          asked.add(stream);
        }
        return plan();
      case "unfollow":
        for (const stream of frame.streams) {
          offsets.delete(stream);
          asked.delete(stream);
        }
        return plan();
      case "watch":
        users = frame.users;
        return plan();
    }
  }

  void begin();
  // Once closed, replies to calls under way still come. After a sleep the poll under way may be dead.
  return { send, close: stop, wake: plan };
}

function codeOf(status: number): number {
  return status === UNAUTHENTICATED ? codes.signedOut : UNKNOWN_CLOSE;
}
