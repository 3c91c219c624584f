/**
 * Long-poll: a session that lasts for one answer. The client's offsets are the only state, and sending one again gives
 * the same events again: the offset sent is the acknowledgement (PROTOCOL.md §5).
 */
import { setImmediate } from "node:timers";
import * as z from "zod/mini";
import { NOW, userStream } from "../protocol/streams.ts";
import { type PollRequest, WAIT_MAX_MS } from "../protocol/poll.ts";
import { type ByeReason, serverFrames } from "../protocol/frames.ts";
import type { User } from "../protocol/users.ts";
import type { Hub } from "./hub.ts";
import { createLatestState } from "./latest_state.ts";
import { createSession } from "./session.ts";

const ANSWER_CHARS_MAX = 700_000; // then no more frames are taken: with the last one (≤ 256 KiB) it stays below 1 MiB
const STATE_HELD_MS = 5_000; // how long changed latest state waits for company
const POLLS_MAX = 8; // of one person; one more answers the oldest

export interface PollOptions {
  hub: Hub;
  user: User;
  session: string;
  hash: string;
  request: PollRequest;
  /** The client has gone. */
  signal: AbortSignal;
}

/** The answer as JSON; `signed_out`: the sign-in ended while it waited, which is a 401. */
export type PollOutcome = { answer: string } | { over: "signed_out" };

/** Polls under way, by person. */
export interface Polls {
  poll(options: PollOptions): Promise<PollOutcome>;
}

export function createPolls(): Polls {
  const underWay = new Map<string, Set<() => void>>();
  return {
    async poll(options) {
      const mine = underWay.get(options.user.id) ?? new Set();
      underWay.set(options.user.id, mine);
      const [oldest] = mine.size >= POLLS_MAX ? mine : [];
      oldest?.();
      const yielding = Promise.withResolvers<void>();
      mine.add(yielding.resolve);
      try {
        return await pollOnce(options, yielding.promise);
      } finally {
        mine.delete(yielding.resolve);
        if (mine.size === 0) underWay.delete(options.user.id);
      }
    },
  };
}

async function pollOnce(options: PollOptions, yielded: Promise<void>): Promise<PollOutcome> {
  const { hub, user, request } = options;
  const asked = Object.fromEntries(
    Object.entries(request.streams).map(([stream, at]) => [stream === "me" ? userStream(user.id) : stream, at]),
  );
  const state = createLatestState();
  const frames: string[] = [];
  const places: Record<string, string> = {};
  const ended = new Set<string>();
  const unresolved = new Set(Object.keys(asked));
  const watching = (request.users?.length ?? 0) > 0;
  const done = Promise.withResolvers<ByeReason | "now" | "yielded">();
  let chars = 0;
  let scheduled = false;
  let held: ReturnType<typeof setTimeout> | undefined;
  let isStateDue = false;

  /** Answers at the end of this turn, with all that it brings. */
  const soon = () => {
    if (scheduled || unresolved.size > 0 || !stateReady()) return;
    scheduled = true;
    setImmediate(() => done.resolve("now"));
  };
  const stateReady = () => request.seen === undefined || state.complete(watching);
  const settled = () => frames.length > 0 || isStateDue || Object.values(asked).includes(NOW) || request.seen === "";

  const session = createSession({
    hub,
    user,
    id: options.session,
    hash: options.hash,
    sink: {
      writable: () => chars < ANSWER_CHARS_MAX,
      send(t, frame) {
        if (t === "followed" || t === "gone") note(frame);
        if (t === "events" || t === "gone" || t === "bye") {
          frames.push(frame);
          chars += frame.length;
        } else if (t !== "followed") {
          state.take(t, frame);
          if (request.seen !== undefined) holdState();
        }
        if (settled()) soon();
      },
      ended: (reason) => done.resolve(reason),
    },
  });

  function note(frame: string): void {
    const it = resolution.parse(JSON.parse(frame));
    unresolved.delete(it.stream);
    if (it.t === "gone") ended.add(it.stream);
  }

  /** What has changed since the client's last poll is told in a while; what has changed back, not at all. */
  function holdState(): void {
    if (!state.complete(watching) || state.token() === request.seen) {
      clearTimeout(held);
      held = undefined;
    } else {
      held ??= setTimeout(() => {
        isStateDue = true;
        soon();
      }, STATE_HELD_MS);
    }
  }

  if (request.seen === undefined) hub.arrive(session);
  else hub.greet(session);
  if (request.users && request.users.length > 0) session.watch(request.users);
  session.follow(asked);
  if (unresolved.size === 0 && settled()) soon();

  /** The end of the wait; what is being read from storage still comes, within storage's own deadline. */
  const end = () => {
    if (session.busy() || !stateReady()) setImmediate(end);
    else done.resolve("now");
  };
  const wait = setTimeout(end, Math.min(request.wait, WAIT_MAX_MS));
  options.signal.addEventListener("abort", () => done.resolve("now"), { once: true });
  yielded.then(() => done.resolve("yielded"));

  const outcome = await done.promise;
  clearTimeout(wait);
  clearTimeout(held);
  const positions = session.positions();
  session.close();
  if (outcome === "signed_out") return { over: outcome };

  // A newer poll took over: it has what came, so this one says nothing and moves nothing.
  const yields = outcome === "yielded";
  for (const [stream, offset] of Object.entries(asked)) {
    if (!ended.has(stream) || yields) places[stream] = yields ? offset : positions[stream] ?? offset;
  }
  const told = yields ? [] : frames;
  let seen = request.seen;
  if (seen !== undefined && !yields && state.complete(watching)) {
    const token = state.token();
    if (token !== seen) told.push(...state.frames().map((frame) => JSON.stringify(frame)));
    seen = token;
  }
  const rest = JSON.stringify({ streams: places, ...(seen !== undefined && { seen }) });
  return { answer: `{"frames":[${told.join(",")}],${rest.slice(1)}` };
}

const resolution = z.union([serverFrames.followed, serverFrames.gone]);
