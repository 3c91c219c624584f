/** The activity feed for one reader: two views, each of one stream, and up to where the person has seen them. */
import type { EntriesService, ListedEntry, Position, StoredEntry } from "../entries/service.ts";
import type { Head, Log } from "../log/log.ts";
import { parseOffset } from "../log/offset.ts";
import type { MessagesService } from "../messages/service.ts";
import type { Output, Parsed } from "../../protocol/commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import { type FeedView, isReadInRoom, UNSEEN_MAX } from "../../protocol/feed.ts";
import { FEED, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { countItems } from "../../model/feed_items.ts";
import type { RoomsService } from "../rooms/service.ts";
import type { UsersService } from "../users/service.ts";
import { createCompleteEntries } from "./show.ts";

const UNSEEN_SCANNED_MAX = 500; // the newest entries that are looked at to count what is new

export interface FeedService {
  /**
   * A page of a view, the newest first, completed with what its messages say now to whom may see it now. Throws
   * `Refusal`: not_found for a room that isn't there for this person, gone for an offset that this view never gave.
   */
  list(user: User, fields: Parsed<"feed.list">): Promise<Output<"feed.list">>;
  /** Moves the seen marker up to an offset, never back; what changes nothing makes no event. */
  markSeen(user: User, fields: Parsed<"feed.markSeen">): Promise<void>;
  /** How many items of `you`, or entries of `everything`, a person has neither seen nor read in their room; to 100. */
  unseen(user: User, view: FeedView): Promise<number>;
}

export interface FeedDeps {
  log: Log;
  entries: EntriesService;
  users: Pick<UsersService, "get">;
  rooms: Pick<RoomsService, "access" | "filterVisible" | "marks">;
  messages: Pick<MessagesService, "excerpts">;
}

export function createFeed({ log, entries, users, rooms, messages }: FeedDeps): FeedService {
  const completeEntries = createCompleteEntries({ log, users, rooms, messages });
  const streamOf = (user: User, view: FeedView) => view === "you" ? userStream(user.id) : FEED;

  /** The position that an offset of a view names. Entries are listed for longer than the log may keep their events. */
  async function find(stream: string, offset: string, verb: string): Promise<Position> {
    const located = await log.locate(stream, offset);
    if (!("gone" in located)) return { seq: located.seq, tag: located.tag };
    const at = parseOffset(offset);
    if (located.gone === "trimmed" && at) return { seq: at.seq, tag: at.tag };
    throw new Refusal("gone", `Cannot ${verb}: its offset is of no place in this feed`);
  }

  async function count(user: User, view: FeedView, head: Head, seenUpTo: Position | undefined): Promise<number> {
    const [stream, after] = [streamOf(user, view), seenUpTo?.seq ?? 0];
    if (view === "everything") return await entries.count(stream, after, head.seq, UNSEEN_MAX);
    const unread: StoredEntry[] = [];
    let last = head.seq;
    for (let scanned = 0; scanned < UNSEEN_SCANNED_MAX && countItems(unread) < UNSEEN_MAX; scanned += UNSEEN_MAX) {
      if (last <= after) break;
      const some = await entries.listBetween(stream, after, last, UNSEEN_MAX);
      unread.push(...await unreadOf(user, some));
      if (some.length < UNSEEN_MAX) break;
      last = (some.at(-1)?.seq ?? 0) - 1;
    }
    return Math.min(countItems(unread), UNSEEN_MAX);
  }

  async function unreadOf(user: User, some: ListedEntry[]): Promise<StoredEntry[]> {
    const ids = [...new Set(some.flatMap(({ entry }) => entry.room === undefined ? [] : [entry.room]))];
    const marked = await rooms.marks(user.id, ids);
    return some.map(({ entry }) => entry).filter((it) => !isReadInRoom(it, marked.get(it.room ?? "")?.n ?? 0));
  }

  return {
    async list(user, { view, before, room, limit }) {
      const verb = "list feed";
      const stream = streamOf(user, view);
      if (room !== undefined) await rooms.access.authorize(user.id, room, verb);
      const [head, { position: seenUpTo }] = await Promise.all([log.head(stream), entries.seenUpTo(user.id, view)]);
      // An offset names the event before it: that is the last entry that the client has, so the page begins before it.
      const last = before === undefined ? head.seq : (await find(stream, before, verb)).seq - 1;
      const [found, unseen] = await Promise.all([
        entries.listBefore(stream, last, limit + 1, room),
        count(user, view, head, seenUpTo),
      ]);
      return {
        entries: await completeEntries(user, found.slice(0, limit)),
        offset: log.offset(head),
        more: found.length > limit,
        ...(seenUpTo && { seen: log.offset(seenUpTo) }),
        unseen,
      };
    },

    markSeen(user, { view, offset }) {
      const stream = streamOf(user, view);
      const ownStream = userStream(user.id);
      return log.append<void>([ownStream], async () => {
        const position = await find(stream, offset, "mark feed seen");
        const { position: was, check } = await entries.seenUpTo(user.id, view);
        if (position.seq <= (was?.seq ?? 0)) return { result: undefined };
        return {
          checks: [check],
          write: () => ({
            events: [{
              stream: ownStream,
              type: "feed.seen",
              by: user.id,
              data: { view, offset: log.offset(position) },
            }],
            sets: [entries.setSeenUpTo(user.id, view, position)],
            result: undefined,
          }),
        };
      });
    },

    async unseen(user, view) {
      const [head, { position: seenUpTo }] = await Promise.all([
        log.head(streamOf(user, view)),
        entries.seenUpTo(user.id, view),
      ]);
      return await count(user, view, head, seenUpTo);
    },
  };
}
