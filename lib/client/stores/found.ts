/** Searches on the server, page by page; only the last query counts. */
import { batch, type ReadonlySignal, signal } from "@preact/signals";
import { errorWords } from "../../model/problem_words.ts";
import type { Cancel, Clock } from "../connection/clock.ts";

/** Letters typed within this are searched together. */
export const FIND_MS = 150;

export interface FoundPage<T> {
  items: readonly T[];
  more: boolean;
}

export interface Found<T> {
  /** The items that are here; until a search is answered, those of the one before. */
  items: ReadonlySignal<readonly T[]>;
  /** Whether the server has more. */
  more: ReadonlySignal<boolean>;
  /** The query that `items` are of; undefined until the first answer. */
  of: ReadonlySignal<string | undefined>;
  /** Why the last page is not here, in words for the reader. */
  error: ReadonlySignal<string | undefined>;
  /** Searches for this from now on: the first time at once, later once typing pauses. */
  find(query: string): void;
  /** Reads the page behind the last item. Never rejects. */
  loadMore(): Promise<void>;
  close(): void;
}

export interface FoundDeps<T> {
  clock: Clock;
  /** A page of what `query` finds, behind `last`. Throws `Refusal`. */
  page(query: string, last: T | undefined): Promise<FoundPage<T>>;
}

export function createFound<T>({ clock, page }: FoundDeps<T>): Found<T> {
  const items = signal<readonly T[]>([]);
  const more = signal(false);
  const of = signal<string | undefined>(undefined);
  const error = signal<string | undefined>(undefined);
  let asked = 0;
  let wanted: string | undefined;
  let cancel: Cancel = () => {};

  async function load(query: string, before: readonly T[]) {
    const order = ++asked;
    try {
      const got = await page(query, before.at(-1));
      if (order !== asked) return;
      batch(() => {
        items.value = [...before, ...got.items];
        more.value = got.more;
        of.value = query;
        error.value = undefined;
      });
    } catch (thrown) {
      if (order === asked) error.value = errorWords(thrown);
    }
  }

  return {
    items,
    more,
    of,
    error,
    find(query) {
      const isFirst = wanted === undefined;
      wanted = query;
      cancel();
      asked++; // The page under way is of another query.
      if (isFirst) return void load(query, []);
      cancel = clock.after(FIND_MS, () => void load(query, []));
    },
    async loadMore() {
      if (of.peek() === wanted && wanted !== undefined) await load(wanted, items.peek());
    },
    close() {
      cancel();
      asked++;
    },
  };
}
