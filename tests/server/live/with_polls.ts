/** Polls over a real hub and log, and what they answer. */
import assert from "node:assert/strict";
import type { HubOptions } from "../../../lib/server/live/hub.ts";
import { createPolls, type Polls } from "../../../lib/server/live/transports/poll.ts";
import type { PollOutcome } from "../../../lib/server/live/transports/poll_session.ts";
import type { Log } from "../../../lib/server/log/log.ts";
import type { ServerFrame } from "../../../lib/protocol/frames.ts";
import { parseServerFrame } from "../../support/frames.ts";
import { pollAnswer, pollRequest } from "../../../lib/protocol/poll.ts";
import { person, type TestHub, withHub } from "../../support/hub.ts";

export const signIn = { user: person("u1"), session: "s1", hash: "h1" };

export interface Answer {
  frames: ServerFrame[];
  streams: Record<string, string>;
  seen?: string | undefined;
  seqs: number[];
  bytes: number;
}

export interface TestPolls extends TestHub {
  polls: Polls;
}

export function withPolls(
  log: Log,
  body: (it: TestPolls) => Promise<void>,
  options: Partial<HubOptions> = {},
): Promise<void> {
  return withHub(log, async (it) => {
    const polls = createPolls(it.hub);
    try {
      await body({ ...it, polls });
    } finally {
      polls.close();
    }
  }, options);
}

export async function poll(polls: Polls, fields: object, signal = new AbortController().signal): Promise<Answer> {
  const outcome = await pollRaw(polls, fields, signal);
  assert.ok("answer" in outcome, "signed out");
  const { frames, streams, seen } = pollAnswer.parse(JSON.parse(outcome.answer));
  const parsed = frames.map((frame) => parseServerFrame(JSON.stringify(frame)));
  const known = parsed.filter((frame) => frame !== undefined);
  assert.equal(known.length, frames.length);
  const seqs = known.flatMap((frame) => frame.t === "events" ? frame.events.map((event) => event.seq) : []);
  return { frames: known, streams, seen, seqs, bytes: new TextEncoder().encode(outcome.answer).length };
}

export function pollRaw(polls: Polls, fields: object, signal = new AbortController().signal): Promise<PollOutcome> {
  const request = pollRequest.parse({ v: 1, wait: 0, ...fields });
  return polls.poll({ signIn, request, signal });
}
