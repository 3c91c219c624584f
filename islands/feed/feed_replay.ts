/** Replays the entries since some time, one by one, in their order. */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import type { Cancel, Clock } from "../../lib/client/connection/clock.ts";
import type { FeedItem } from "../../lib/ui/feed/feed_data.ts";

/** A replay takes so long, however much happened... */
const WHOLE_MS = 20_000;
/** ...but an entry stays for at least, and at most. */
const STEP_MIN_MS = 80;
const STEP_MAX_MS = 700;

export interface Run {
  /** From when, ms since 1970. */
  start: number;
  /** All entries to play, the newest first. */
  items: readonly FeedItem[];
  /** How many were played. */
  played: number;
}

export interface Replay {
  run: ReadonlySignal<Run | undefined>;
  isPlaying: ReadonlySignal<boolean>;
  /** The entries that were played, the newest first. */
  shown: ReadonlySignal<readonly FeedItem[]>;
  /** Plays `items`, the newest first, which happened since `start`. */
  play(start: number, items: readonly FeedItem[]): void;
  pause(): void;
  resume(): void;
  /** Ends the replay. */
  stop(): void;
}

export function createReplay(clock: Clock): Replay {
  const run = signal<Run | undefined>(undefined);
  const isPlaying = signal(false);
  let cancel: Cancel = () => {};

  function arm() {
    const count = run.peek()?.items.length ?? 0;
    const step = Math.min(STEP_MAX_MS, Math.max(STEP_MIN_MS, WHOLE_MS / count));
    cancel();
    cancel = clock.after(step, tick);
  }

  function tick() {
    const now = run.peek();
    if (!now || !isPlaying.peek()) return;
    const played = Math.min(now.items.length, now.played + 1);
    run.value = { ...now, played };
    if (played < now.items.length) arm();
    else isPlaying.value = false;
  }

  function begin(next: Run | undefined) {
    cancel();
    run.value = next;
    isPlaying.value = next !== undefined && next.items.length > 0;
    if (isPlaying.peek()) arm();
  }

  return {
    run,
    isPlaying,
    shown: computed(() => {
      const { items, played } = run.value ?? { items: [], played: 0 };
      return items.slice(items.length - played);
    }),
    play: (start, items) => begin({ start, items, played: 0 }),
    pause() {
      cancel();
      isPlaying.value = false;
    },
    resume() {
      isPlaying.value = true;
      arm();
    },
    stop: () => begin(undefined),
  };
}
