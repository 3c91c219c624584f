/** Requests of a transport without a socket: JSON by POST within a deadline, with the answers turned into frames. */
import { type ClientFrame, PROTOCOL_VERSION, type ServerFrame, type ServerFrames } from "../../protocol/frames.ts";
import { type PollAnswer, pollAnswer } from "../../protocol/poll.ts";
import { Refusal, toProblem } from "../../protocol/errors.ts";
import type { Clock } from "../connection/clock.ts";
import { readRefusal } from "../connection/refusal.ts";

/** The deadline of requests that are answered at once. */
export const LATE_MS = 10_000;
/** The deadline of calls: as long as the live client waits. */
const CALL_MS = 15_000;
/** A call up to this length is sent also by a page that is left meanwhile; browsers hold 64 KiB of these in all. */
const KEPT_MAX = 4_096;

export interface AskDeps {
  /** The id of the person whom the page shows. */
  me: string;
  fetch(path: string, init: RequestInit): Promise<Response>;
  clock: Clock;
}

export interface Answer {
  ok: boolean;
  status: number;
  /** Undefined for a refusal that is no JSON. */
  value: unknown;
}

/** Throws when no answer comes within `deadline` ms, or when it is cut off. */
export type Ask = (path: string, body: unknown, deadline: number, signal?: AbortSignal) => Promise<Answer>;

export function createAsk({ me, fetch, clock }: AskDeps): Ask {
  return async (path, body, deadline, signal) => {
    const late = new AbortController();
    const abort = () => late.abort();
    const cancel = clock.after(deadline, abort);
    signal?.addEventListener("abort", abort, { once: true });
    const text = JSON.stringify(body);
    try {
      const response = await fetch(path, {
        method: "POST",
        headers: { "content-type": "application/json", "x-rivulet-as": me },
        body: text,
        keepalive: path.startsWith("/api/") && text.length <= KEPT_MAX,
        signal: late.signal,
      });
      const value: unknown = await response.json().catch((error) => {
        if (response.ok) throw error;
      });
      return { ok: response.ok, status: response.status, value };
    } finally {
      cancel();
      signal?.removeEventListener("abort", abort);
    }
  };
}

type Call = Extract<ClientFrame, { t: "call" }>;

/** Makes a call by POST and gives its reply; then `signedOut`, if the cookie is another person's now, or nobody's. */
export async function makeCall(ask: Ask, call: Call, give: (reply: ServerFrame) => void, signedOut: () => void) {
  const reply = await replyTo(ask, call);
  give(reply);
  if (reply.error?.code === "unauthenticated") signedOut();
}

/** The answer or refusal. Never throws. */
export async function replyTo(ask: Ask, { id, name, body }: Call): Promise<ServerFrames["reply"]> {
  try {
    const { ok, status, value } = await ask(`/api/${name}`, body, CALL_MS);
    if (ok) return { t: "reply", id, result: value };
    return { t: "reply", id, error: toProblem(readRefusal(status, value, "do that")) };
  } catch {
    return { t: "reply", id, error: toProblem(new Refusal("unavailable", "Cannot do that: no answer came")) };
  }
}

/** Reads the events after these offsets, by a poll that waits for nothing. Throws if it is not answered. */
export async function pull(ask: Ask, streams: Record<string, string>): Promise<PollAnswer> {
  const { ok, status, value } = await ask("/live/poll", { v: PROTOCOL_VERSION, streams, wait: 0 }, LATE_MS);
  if (!ok) throw new Error(`the server answered ${status}`);
  return pollAnswer.parse(value);
}
