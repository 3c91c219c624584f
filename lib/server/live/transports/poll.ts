/**
 * Long-poll: a session that lasts for one answer. The client's offsets are the only state, and sending one again gives
 * the same events again: the offset sent is the acknowledgement (lib/protocol/README.md §5). A session lingers after
 * its answer only to spare the next poll the reads; a poll that comes from elsewhere, or later, begins its own.
 */
import type { PollRequest } from "../../../protocol/poll.ts";
import { userStream } from "../../../protocol/streams.ts";
import type { User } from "../../../protocol/users.ts";
import type { Cancel } from "../clock.ts";
import type { Hub } from "../hub.ts";
import { type PollOutcome, PollSession, type Standing } from "./poll_session.ts";

const POLLS_MAX = 8; // of one person under way; one more answers the oldest
const LINGERING_MAX = 8; // of one person; one more ends the oldest
const LINGER_MS = 3_000; // a client polls again at once, and this covers the network
const KNOWN_MS = 60_000; // a sign-in that was looked up longer ago is looked up again, which also moves its end

/** Who polls. */
export interface PollSignIn {
  user: User;
  session: string;
  hash: string;
  byToken?: true | undefined;
}

export interface PollOptions {
  signIn: PollSignIn;
  request: PollRequest;
  /** The client has gone. */
  signal: AbortSignal;
}

/** All polls of this process. */
export interface Polls {
  /** Answers when something came, or at the end of the wait. Rejects if storage cannot check a known sign-in. */
  poll(options: PollOptions): Promise<PollOutcome>;
  /**
   * The sign-in with this hash, if it need not be looked up: it was within a minute, and a lingering poll has had it
   * checked since. Enough for a poll; never a token's, because the end of a token is no event.
   */
  knownSignIn(hash: string): PollSignIn | undefined;
  /** How many are under way. */
  underWay(): number;
  /** Ends those that linger. */
  close(): void;
}

interface Lingering {
  polls: PollSession;
  signIn: PollSignIn;
  /** Monotonic ms. */
  until: number;
}

export function createPolls(hub: Hub): Polls {
  const { clock } = hub;
  const underWay = new Map<string, Set<() => void>>(); // by person
  const bySignIn: Index = new Map(); // by hash
  const byPerson: Index = new Map();
  const all = new Set<Lingering>(); // the oldest first
  let sweeping: Cancel | undefined; // one timer for all, because a timer for each would delay the answers
  const lookedUpAt = new WeakMap<PollSignIn, number>();

  /** Counts a poll of a person while `poll` runs. If there is one too many, the oldest yields. */
  async function counted<T>(user: string, poll: (yielded: Promise<void>) => Promise<T>): Promise<T> {
    const own = underWay.get(user) ?? new Set();
    underWay.set(user, own);
    const [oldest] = own.size >= POLLS_MAX ? own : [];
    oldest?.();
    const yielding = Promise.withResolvers<void>();
    own.add(yielding.resolve);
    try {
      return await poll(yielding.promise);
    } finally {
      own.delete(yielding.resolve);
      if (own.size === 0) underWay.delete(user);
    }
  }

  function linger(polls: PollSession, signIn: PollSignIn): void {
    const { hash, user } = signIn;
    const it = { polls, signIn, until: clock.now() + LINGER_MS };
    if (!polls.linger(() => forget(it))) return polls.close();
    all.add(it);
    add(bySignIn, hash, it);
    const own = add(byPerson, user.id, it);
    const [oldest] = own.size > LINGERING_MAX ? own : [];
    if (oldest) end(oldest);
    sweeping ??= clock.after(LINGER_MS, sweep);
  }

  /** Ends the sessions that have lingered long enough, and sets the timer for the next one. */
  function sweep(): void {
    sweeping = undefined;
    const now = clock.now();
    for (const it of all) {
      if (it.until > now) {
        sweeping = clock.after(it.until - now, sweep);
        return;
      }
      end(it);
    }
  }

  function forget(it: Lingering): void {
    all.delete(it);
    remove(bySignIn, it.signIn.hash, it);
    remove(byPerson, it.signIn.user.id, it);
  }

  function end(it: Lingering): void {
    forget(it);
    it.polls.close();
  }

  /** The session of the poll before, if its positions are those of this poll. */
  function resumed(hash: string, at: Standing): PollSession | undefined {
    for (const it of bySignIn.get(hash) ?? []) {
      if (!it.polls.standsAt(at)) continue;
      forget(it);
      return it.polls;
    }
    return undefined;
  }

  return {
    poll({ signIn: given, request, signal }) {
      const isKnown = lookedUpAt.has(given);
      const { user, session, hash, byToken } = given;
      const signIn = isKnown ? given : { user, session, hash, byToken };
      if (!isKnown) lookedUpAt.set(signIn, clock.now());
      const streams = Object.fromEntries(
        Object.entries(request.streams).map(([stream, at]) => [stream === "me" ? userStream(user.id) : stream, at]),
      );
      const at = {
        streams,
        users: request.users ?? [],
        withState: request.seen !== undefined,
        isCompact: request.compact ?? false,
      };
      return counted(user.id, async (yielded) => {
        const going = resumed(hash, at);
        // Sessions learn from an event that their sign-in has ended, but this one begins too late for it.
        if (!going && isKnown && !await hub.isSignedIn(hash)) return { over: "signed_out" };
        const polls = going ?? new PollSession({ hub, user, session, hash, ...at });
        const outcome = await polls.poll(request, { signal, yielded });
        if ("over" in outcome) polls.close();
        else linger(polls, signIn);
        return outcome;
      });
    },

    knownSignIn(hash) {
      for (const { polls, signIn } of bySignIn.get(hash) ?? []) {
        const age = clock.now() - (lookedUpAt.get(signIn) ?? 0);
        if (!polls.isDoubted && !signIn.byToken && age < KNOWN_MS) return signIn;
      }
      return undefined;
    },

    underWay: () => underWay.values().reduce((sum, own) => sum + own.size, 0),

    close() {
      sweeping?.();
      for (const it of [...all]) end(it);
    },
  };
}

type Index = Map<string, Set<Lingering>>; // in the order of lingering, the longest first

function add(index: Index, key: string, it: Lingering): Set<Lingering> {
  const all = index.get(key) ?? new Set();
  index.set(key, all.add(it));
  return all;
}

function remove(index: Index, key: string, it: Lingering): void {
  const all = index.get(key);
  if (all?.delete(it) && all.size === 0) index.delete(key);
}
