/** The pages that rooms open with: fetched when a room is opened, or ahead, while the reader is on the way to it. */
import type { Input, Output } from "../../protocol/commands.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import { openingPage, type Unread } from "../../model/opening_page.ts";
import { type Clock, since } from "../connection/clock.ts";
import type { MessagesPage } from "./timeline.ts";

/** Pages fetched ahead that are kept, the last ones. */
export const AHEAD_MAX = 3;
/** How long such a page is taken. What came since is not in it, so the less the better. */
export const AHEAD_MS = 10_000;

export interface Openings {
  /** Fetches a room's page ahead, unless it is here or on its way. */
  prepare(room: string): void;
  /** The page to open a room with: the one fetched ahead, unless there is more to read by now. Throws `Refusal`. */
  take(room: string): Promise<MessagesPage>;
  /** Drops all that was fetched ahead. */
  clear(): void;
}

export interface OpeningsDeps {
  list(body: Input<"messages.list">): Promise<Output<"messages.list">>;
  summary(room: string): RoomSummary | undefined;
  clock: Clock;
}

interface Ahead extends Unread {
  at: number;
  page: Promise<MessagesPage>;
}

export function createOpenings({ list, summary, clock }: OpeningsDeps): Openings {
  const ahead = new Map<string, Ahead>();

  function ask(room: string): Ahead {
    const { n = 0, unread = 0 } = summary(room) ?? {};
    return { n, unread, at: clock.now(), page: openingPage(list, room, { n, unread }) };
  }

  function fresh(room: string): Ahead | undefined {
    const it = ahead.get(room);
    const now = summary(room);
    return it && since(it.at, clock) < AHEAD_MS && it.n === now?.n && it.unread === now.unread ? it : undefined;
  }

  return {
    prepare(room) {
      if (fresh(room)) return;
      const it = ask(room);
      ahead.delete(room); // It is put back as the latest.
      ahead.set(room, it);
      const [oldest] = ahead.keys();
      if (ahead.size > AHEAD_MAX && oldest) ahead.delete(oldest);
      it.page.catch(() => ahead.get(room) === it && ahead.delete(room)); // The room is asked for when it is opened.
    },
    take(room) {
      const { page } = fresh(room) ?? ask(room);
      ahead.delete(room);
      return page;
    },
    clear: () => ahead.clear(),
  };
}
