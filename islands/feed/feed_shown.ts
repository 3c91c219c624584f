/** Chooses the entries in the page: without those that came while one reads, and as many as a page can hold. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { FeedPart, FeedParts } from "../../lib/client/stores/feed_parts.ts";
import { type FeedItem, itemId, shownItems } from "../../lib/ui/feed/feed_data.ts";

/** Articles that are added at once. */
const MORE = 40;
/** The most entries in the page; older ones have an address of their own. */
export const SHOWN_MAX = 200;

export interface FeedShown {
  /** The newest first. */
  items: ReadonlySignal<readonly FeedItem[]>;
  /** How many new ones wait. */
  held: ReadonlySignal<number>;
  reveal(): void;
  /** Adds older ones; false where the page is full. Throws `Refusal`. */
  older(): Promise<boolean>;
}

export interface FeedShownDeps {
  feed: FeedParts;
  /** Whether someone reads, so that new entries would move the text. */
  isReading(): boolean;
}

export function createFeedShown({ feed, isReading }: FeedShownDeps): FeedShown {
  const all = computed(() => shownItems(feed.parts.value));
  /** By list, the newest that is shown. */
  const newest = signal(newestOf(feed.parts.peek()));
  const room = signal(Math.max(MORE, all.peek().length));
  const isHeld = (item: FeedItem) => item.offset > (newest.value.get(item.view) ?? "");

  effect(() => {
    const now = newestOf(feed.parts.value);
    if (!isReading()) newest.value = now;
  });

  return {
    items: computed(() => all.value.filter((item) => !isHeld(item)).slice(0, room.value)),
    held: computed(() => new Set(all.value.filter(isHeld).map(itemId)).size),
    reveal: () => void (newest.value = newestOf(feed.parts.peek())),
    async older() {
      if (room.peek() >= SHOWN_MAX) return false;
      const wanted = Math.min(SHOWN_MAX, room.peek() + MORE);
      if (all.peek().length < wanted) await feed.older();
      room.value = wanted;
      return true;
    },
  };
}

function newestOf(parts: readonly FeedPart[]): ReadonlyMap<string, string> {
  return new Map(parts.map(({ view, entries }) => [view, entries[0]?.offset ?? ""]));
}
