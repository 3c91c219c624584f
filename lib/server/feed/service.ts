/** The activity feed for one reader: two views, each of one stream, and up to where the person has seen them. */
import { LRUCache } from "lru-cache";
import type { EntriesService, ListedEntry, Position } from "../entries/service.ts";
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

const UNSEEN_SCANNED_MAX = 500; // the newest entries that are looked at to count what is new, a hundred of them first

const COUNTED_MAX = 10_000; // people, each about 0.2 KB

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
  /** What is new to a person. Entries and marks are events of their own stream: its head and the marker prove it. */
  const counted = new LRUCache<string, { asOf: string; count: number }>({ max: COUNTED_MAX });
  const streamOf = (user: User, view: FeedView) => view === "you" ? userStream(user.id) : FEED;

  /** The position that an offset of a view names. Entries are listed for longer than the log may keep their events. */
  async function find(stream: string, offset: string, verb: string): Promise<Position> {
    const located = await log.locate(stream, offset);
    if (!("gone" in located)) return { seq: located.seq, tag: located.tag };
    const at = parseOffset(offset);
    if (located.gone === "trimmed" && at) return { seq: at.seq, tag: at.tag };
    throw new Refusal("gone", `Cannot ${verb}: its offset is of no place in this feed`);
  }

  /** Counts up to the head of the view's stream. */
  async function count(user: User, view: FeedView, head: Head, seenUpTo: Position | undefined): Promise<number> {
    const after = seenUpTo?.seq ?? 0;
    if (view === "everything") return await entries.count(FEED, after, head.seq, UNSEEN_MAX);
    const asOf = `${head.seq} ${head.tag} ${after}`;
    const known = counted.get(user.id);
    if (known?.asOf === asOf) return known.count;
    const made = await countUnread(user, head.seq, after);
    counted.set(user.id, { asOf, count: made });
    return made;
  }

  async function countUnread(user: User, last: number, after: number): Promise<number> {
    const stream = userStream(user.id);
    const between = (end: number, limit: number) =>
      end > after ? entries.listBetween(stream, after, end, limit) : Promise.resolve([]);
    const [some, marked] = await Promise.all([between(last, UNSEEN_MAX), rooms.marks(user.id)]);
    const unread = (listed: ListedEntry[]) =>
      listed.map(({ entry }) => entry).filter((it) => !isReadInRoom(it, marked.get(it.room ?? "")?.n ?? 0));
    const first = countItems(unread(some));
    const oldest = some[UNSEEN_MAX - 1];
    if (!oldest || first >= UNSEEN_MAX) return Math.min(first, UNSEEN_MAX);
    const rest = await between(oldest.seq - 1, UNSEEN_SCANNED_MAX - UNSEEN_MAX);
    return Math.min(countItems(unread([...some, ...rest])), UNSEEN_MAX);
  }

  return {
    async list(user, { view, before, room, limit }) {
      const verb = "list feed";
      const stream = streamOf(user, view);
      if (room !== undefined) await rooms.access.current(user.id, room, verb);
      const [reading, seeing] = [log.head(stream), entries.seenUpTo(user.id, view)];
      // An offset names the event before it: that is the last entry that the client has, so the page begins before it.
      const listing = before === undefined ? reading : find(stream, before, verb).then(({ seq }) => ({ seq: seq - 1 }));
      const [page, head, { position: seenUpTo }, unseen] = await Promise.all([
        listing.then(async ({ seq }) => {
          const found = await entries.listBefore(stream, seq, limit + 1, room);
          return { entries: await completeEntries(user, found.slice(0, limit)), more: found.length > limit };
        }),
        reading,
        seeing,
        Promise.all([reading, seeing]).then(([head, { position }]) => count(user, view, head, position)),
      ]);
      return { ...page, offset: log.offset(head), ...(seenUpTo && { seen: log.offset(seenUpTo) }), unseen };
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
      const [head, { position }] = await Promise.all([
        log.head(streamOf(user, view)),
        entries.seenUpTo(user.id, view),
      ]);
      return await count(user, view, head, position);
    },
  };
}
