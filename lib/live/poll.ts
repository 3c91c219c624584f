/**
 * Long-poll: a session that lasts for one answer. The client's offsets are the only state, and sending one again gives
 * the same events again: the offset sent is the acknowledgement (PROTOCOL.md §5). That a session lingers after its answer
 * only spares the next poll to find everything anew; one that comes from elsewhere, or later, begins its own.
 */
import type { PollRequest } from "../protocol/poll.ts";
import { userStream } from "../protocol/streams.ts";
import type { User } from "../protocol/users.ts";
import type { Hub } from "./hub.ts";
import { type PollOutcome, PollSession } from "./poll_session.ts";

const POLLS_MAX = 8; // of one person under way; one more answers the oldest
const LINGERING_MAX = 8; // of one sign-in; one more ends the oldest
const LINGER_MS = 3_000; // a client polls again at once: this is for its way here
const KNOWN_MS = 60_000; // a sign-in that was looked up longer ago is looked up again, which also moves its end

/** Who polls, as they were looked up. */
export interface PollSignIn {
  user: User;
  session: string;
  hash: string;
}

export interface PollOptions {
  signIn: PollSignIn;
  request: PollRequest;
  /** The client has gone. */
  signal: AbortSignal;
}

export interface Polls {
  poll(options: PollOptions): Promise<PollOutcome>;
  /**
   * The sign-in with this hash, where it need not be looked up: it was, within a minute, and is watched since by a poll
   * that lingers. Never where other processes could end it, which is heard of only later.
   */
  known(hash: string): PollSignIn | undefined;
  /** Ends those that linger. */
  close(): void;
}

interface Lingering {
  polls: PollSession;
  signIn: PollSignIn;
  /** What the poll asks that goes on with it. */
  from: string;
  timer: ReturnType<typeof setTimeout>;
}

export function createPolls(hub: Hub): Polls {
  const underWay = new Map<string, Set<() => void>>(); // by person
  const lingering = new Map<string, Set<Lingering>>(); // by hash, those that have lingered longest first
  const lookedUpAt = new WeakMap<PollSignIn, number>();

  /** Counts a poll of a person's while `poll` runs; the oldest has to yield to one too many. */
  async function counted<T>(user: string, poll: (yielded: Promise<void>) => Promise<T>): Promise<T> {
    const mine = underWay.get(user) ?? new Set();
    underWay.set(user, mine);
    const [oldest] = mine.size >= POLLS_MAX ? mine : [];
    oldest?.();
    const yielding = Promise.withResolvers<void>();
    mine.add(yielding.resolve);
    try {
      return await poll(yielding.promise);
    } finally {
      mine.delete(yielding.resolve);
      if (mine.size === 0) underWay.delete(user);
    }
  }

  function linger(polls: PollSession, signIn: PollSignIn, from: string): void {
    const { hash } = signIn;
    const it = { polls, signIn, from, timer: setTimeout(() => end(it), LINGER_MS) };
    if (!polls.linger(() => forget(it))) return end(it);
    const mine = lingering.get(hash) ?? new Set();
    lingering.set(hash, mine.add(it));
    const [oldest] = mine.size > LINGERING_MAX ? mine : [];
    if (oldest) end(oldest);
  }

  function forget(it: Lingering): void {
    const { hash } = it.signIn;
    clearTimeout(it.timer);
    const mine = lingering.get(hash);
    if (mine?.delete(it) && mine.size === 0) lingering.delete(hash);
  }

  function end(it: Lingering): void {
    forget(it);
    it.polls.close();
  }

  function resumed(hash: string, from: string): PollSession | undefined {
    for (const it of lingering.get(hash) ?? []) {
      if (it.from !== from) continue;
      forget(it);
      return it.polls;
    }
    return undefined;
  }

  return {
    poll({ signIn, request, signal }) {
      const { user, session, hash } = signIn;
      if (!lookedUpAt.has(signIn)) lookedUpAt.set(signIn, performance.now());
      const streams = Object.fromEntries(
        Object.entries(request.streams).map(([stream, at]) => [stream === "me" ? userStream(user.id) : stream, at]),
      );
      const [users, withState] = [request.users ?? [], request.seen !== undefined];
      return counted(user.id, async (yielded) => {
        const polls = resumed(hash, place(streams, users, withState)) ??
          new PollSession({ hub, user, session, hash, streams, users, withState });
        const outcome = await polls.poll(request, { signal, yielded });
        if ("over" in outcome) polls.close();
        else linger(polls, signIn, place(outcome.streams, users, withState));
        return outcome;
      });
    },

    known(hash) {
      if (hub.shared) return undefined;
      for (const { polls, signIn } of lingering.get(hash) ?? []) {
        const age = performance.now() - (lookedUpAt.get(signIn) ?? 0);
        if (polls.isSignedIn && age < KNOWN_MS) return signIn;
      }
      return undefined;
    },

    close() {
      for (const mine of [...lingering.values()]) for (const it of [...mine]) end(it);
    },
  };
}

/** Where a client stands and what it asks for, as one text. */
function place(streams: Record<string, string>, users: string[], withState: boolean): string {
  const sorted = Object.entries(streams).sort(([a], [b]) => a < b ? -1 : 1);
  return JSON.stringify([sorted, users, withState]);
}
