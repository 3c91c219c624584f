/**
 * The lists that a feed shows, kept up to date. Live events say only that there is something and where (an entry's text
 * is never in a stream), so what is new is read from the server; whichever comes late or twice, the list is right.
 */
import { type ReadonlySignal, signal } from "@preact/signals";
import { type Entry, type EntryRef, type FeedPage, type FeedView, isNamedBy, UNSEEN_MAX } from "../../protocol/feed.ts";
import { LIST_LIMIT, LIST_LIMIT_MAX } from "../../protocol/fields.ts";
import { backoff } from "../connection/backoff.ts";
import type { Caller } from "../connection/calls.ts";
import type { Clock } from "../connection/clock.ts";
import { isPassing } from "../connection/refusal.ts";

/** Events that come together are read with one request. */
const GATHER_MS = 50;
/** Clients that got one event at the same time read at different moments, so that they do not flood the server. */
const SPREAD_MS = 3_000;
/** How far back a gap is read; if it is longer, the list begins again. */
const GAP_PAGES_MAX = 5;
/** How far back a span is read. */
const SPAN_PAGES_MAX = 10;
/** How many entries are kept of one list. */
export const ENTRIES_MAX = 1_500;
/** A page that was read earlier may still hold entries withdrawn since: so many are remembered and filtered out. */
const WITHDRAWN_MAX = 100;

export interface FeedPart extends FeedPage {
  view: FeedView;
  /** The part begins with entries older than this. */
  before?: string | undefined;
}

export interface FeedParts {
  parts: ReadonlySignal<readonly FeedPart[]>;
  /** Something came in a list, or its marker moved: reads what is new, soon. */
  refresh(view: FeedView): void;
  /** An entry came on the feed. If the event holds all of it, nothing is read. */
  posted(entry: Entry): void;
  /** An entry was withdrawn: it goes, and the new ones are counted again. */
  withdrawn(view: FeedView, ref: EntryRef): void;
  /** It stands again, in its old place. */
  restored(view: FeedView, ref: EntryRef): void;
  /** The offsets that we hold are no longer valid: each list begins again. */
  restart(): void;
  /** Reads one more page of each list that goes on. Throws `Refusal`. */
  older(): Promise<void>;
  /** Reads back until `at` (ms since 1970), or as far as one goes. Throws `Refusal`. */
  back(at: number): Promise<void>;
  /** The marker moved, on this device or another. */
  seen(view: FeedView, offset: string): void;
  /** Moves the marker. Throws `Refusal`. */
  markSeen(view: FeedView, offset: string): Promise<void>;
}

export interface FeedPartsDeps {
  parts: readonly FeedPart[];
  /** Only entries about this room. */
  room?: string | undefined;
  call: Caller;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
}

export function createFeedParts({ parts: first, room, call, clock, random }: FeedPartsDeps): FeedParts {
  const parts = signal<readonly FeedPart[]>(first);
  const due = new Set<FeedView>();
  const failures = new Map<FeedView, number>(); // in a row
  const reading = new Set<FeedView>();

  let gone: readonly EntryRef[] = [];

  function change(view: FeedView, to: (part: FeedPart) => FeedPart) {
    parts.value = parts.peek().map((part) => part.view === view ? standing(to(part)) : part);
  }

  function standing(part: FeedPart): FeedPart {
    const entries = part.entries.filter((it) => !gone.some((ref) => isNamedBy(it, ref)));
    return entries.length < part.entries.length ? { ...part, entries } : part;
  }

  /** Reads the restored entry at `offset`, if the list reaches down to it. */
  async function refill(view: FeedView, offset: string) {
    const part = parts.peek().find((it) => it.view === view);
    const newer = part?.entries.findLast((it) => it.offset > offset);
    const isDeeper = part?.more && offset < (part.entries.at(-1)?.offset ?? "");
    if (!newer || isDeeper) return;
    const { entries: [entry] } = await call("feed.list", { view, room, before: newer.offset, limit: 1 });
    if (entry?.offset !== offset) return;
    change(view, (now) => {
      if (now.entries.some((it) => it.offset === offset)) return now;
      const at = now.entries.findLastIndex((it) => it.offset > offset) + 1;
      return { ...now, entries: now.entries.toSpliced(at, 0, entry) };
    });
  }

  const isLive = (view: FeedView) => parts.peek().some((part) => part.view === view && part.before === undefined);

  function refresh(view: FeedView, wait = GATHER_MS) {
    if (due.has(view) || !isLive(view)) return;
    due.add(view);
    clock.after(wait, () => void read(view));
  }

  function posted(entry: Entry) {
    const view = "everything";
    if (!isLive(view) || (room !== undefined && entry.room !== room)) return;
    // No event holds the text of a message. And while earlier entries are still to be read, this one is read with them.
    if (entry.seq !== undefined || due.has(view) || reading.has(view)) return refresh(view, random() * SPREAD_MS);
    change(view, (part) => {
      const [newest] = part.entries;
      if (newest && newest.offset >= entry.offset) return part;
      const entries = [entry, ...part.entries].slice(0, ENTRIES_MAX);
      return { ...part, entries, offset: entry.offset, unseen: Math.min(UNSEEN_MAX, part.unseen + 1) };
    });
  }

  async function read(view: FeedView): Promise<void> {
    due.delete(view);
    reading.add(view);
    try {
      await readNew(view);
      failures.delete(view);
    } catch (error) {
      const tries = failures.get(view) ?? 0;
      failures.set(view, tries + 1);
      if (isPassing(error)) refresh(view, backoff(tries, random)); // Otherwise the next event reads it too.
    } finally {
      reading.delete(view);
    }
  }

  /** Reads from the newest entry back to those that are here. */
  async function readNew(view: FeedView) {
    const fresh: Entry[] = [];
    let page: FeedPage | undefined;
    let more = false;
    for (let n = 0; n < GAP_PAGES_MAX; n++) {
      const next = await call("feed.list", { view, room, before: fresh.at(-1)?.offset, limit: LIST_LIMIT });
      page ??= next;
      fresh.push(...next.entries);
      more = next.more;
      const known = parts.peek().find((it) => it.view === view)?.entries[0]?.offset ?? "";
      if (!next.more || next.entries.some((it) => it.offset <= known)) break;
    }
    const end = fresh.at(-1)?.offset ?? "";
    const isJoined = (part: FeedPart) => (part.entries[0]?.offset ?? "") >= end; // Else the list begins again.
    if (!page) return;
    const { seen = "", unseen, offset } = page;
    change(view, (part) => {
      const older = isJoined(part) ? part.entries.filter((it) => it.offset < end) : [];
      const entries = [...fresh, ...older].slice(0, ENTRIES_MAX);
      const isMore = older.length > 0 ? part.more || older.length + fresh.length > ENTRIES_MAX : more;
      const seenUpTo = seen > (part.seen ?? "") ? seen : part.seen; // The page may be older than my marker.
      return { ...part, seen: seenUpTo, unseen, offset, more: isMore, entries };
    });
  }

  async function readOlder(part: FeedPart, limit: number): Promise<void> {
    const { view } = part;
    const before = part.entries.at(-1)?.offset ?? part.before;
    const page = await call("feed.list", { view, room, before, limit });
    change(view, (now) => {
      const end = now.entries.at(-1)?.offset ?? now.before;
      if (end !== before) return now; // It was read meanwhile.
      return { ...now, more: page.more, entries: [...now.entries, ...page.entries] };
    });
  }

  const open = () => parts.peek().filter((part) => part.more && part.entries.length < ENTRIES_MAX);

  return {
    parts,
    refresh,
    posted,
    withdrawn(view, ref) {
      gone = [...gone, ref].slice(-WITHDRAWN_MAX);
      change(view, (part) => part);
      refresh(view, view === "you" ? GATHER_MS : random() * SPREAD_MS);
    },
    restored(view, ref) {
      gone = gone.filter((it) => ref.offset === undefined || it.offset !== ref.offset);
      refresh(view);
      if (ref.offset !== undefined) void refill(view, ref.offset).catch(() => {});
    },
    restart() {
      gone = [];
      parts.value = parts.peek().map((part) => ({ ...part, entries: [], before: undefined, seen: undefined }));
      for (const { view } of parts.peek()) refresh(view);
    },
    async older() {
      await Promise.all(open().map((part) => readOlder(part, LIST_LIMIT)));
    },
    async back(at) {
      for (let n = 0; n < SPAN_PAGES_MAX; n++) {
        const short = open().filter((part) => (part.entries.at(-1)?.at ?? Infinity) > at);
        if (short.length === 0) return;
        await Promise.all(short.map((part) => readOlder(part, LIST_LIMIT_MAX)));
      }
    },
    seen(view, offset) {
      change(view, (part) => ({ ...part, seen: offset }));
    },
    async markSeen(view, offset) {
      const was = parts.peek().find((part) => part.view === view)?.seen;
      if (was !== undefined && offset <= was) return; // The marker never goes back.
      change(view, (part) => ({ ...part, seen: offset }));
      try {
        await call("feed.markSeen", { view, offset });
      } catch (error) {
        change(view, (part) => ({ ...part, seen: was }));
        throw error;
      }
    },
  };
}
