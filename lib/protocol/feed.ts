/**
 * The activity feed (lib/protocol/README.md §3, §4): what happened, as entries. An entry is a reference: its event
 * never carries the text of a message, so that a text that is deleted, or that the reader may no longer see, cannot
 * come back out of a log or a ring. `feed.list` gives the text as it is now, to whoever may see it now.
 */
import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

export const UNSEEN_MAX = 100; // entries past the seen marker that are counted
export const EXCERPT_MAX = 280; // UTF-16 units of a message's text in an entry

/** The kinds of entries: the first three on `feed`, the others on `user:`. Clients show an unknown kind's title. */
export const entryKinds = [
  "created", // a public room
  "joined", // the workspace
  "started", // a conversation in a public room that had been quiet
  "mentioned",
  "replied",
  "reacted",
  "messaged", // directly
  "invited", // to a room, or into a direct conversation
] as const;
export type EntryKind = (typeof entryKinds)[number];
export function isEntryKind(kind: string): kind is EntryKind {
  return entryKinds.some((it) => it === kind);
}

/** The kinds that are on `user:`. */
export type InboxKind = Exclude<EntryKind, "created" | "joined" | "started">;

/** Messages to me: reading one in its room also makes its entry seen. */
const messageKinds: ReadonlySet<string> = new Set<EntryKind>(["mentioned", "replied", "messaged"]);

/** Whether an entry is about a message that was read in its room; `mark` is the number of the last one read there. */
export function isReadInRoom({ kind, n }: { kind: string; n?: number | undefined }, mark: number): boolean {
  return messageKinds.has(kind) && n !== undefined && n <= mark;
}

export const entry = z.object({
  kind: z.string(),
  /** Missing where it is about no room, or about one that the reader no longer sees. */
  room: z.optional(z.string()),
  /** The message's seq, and its number in the room. */
  seq: z.optional(field.seq),
  n: z.optional(field.seq),
  by: z.string(),
  at: field.time,
  /** A sentence for whoever doesn't know the kind: "Tomás Vega mentioned you in #gauges". */
  title: z.string(),
  /** The beginning of the message as it is now, as plain text; only in `feed.list`. */
  text: z.optional(z.string()),
  emoji: z.optional(z.string()),
  /** The path on this server that it links to. */
  url: z.optional(z.string()),
  /** The position behind it in its stream: its name, and what `feed.markSeen` and `before` take. */
  offset: z.string(),
});
export type Entry = z.infer<typeof entry>;

/** Names earlier entries: the one at `offset`, else all that fit what is given. */
export const entryRef = z.object({
  kind: z.string(),
  /** Missing where I see the room no more. */
  room: z.optional(z.string()),
  seq: z.optional(field.seq),
  n: z.optional(field.seq),
  by: z.optional(z.string()),
  emoji: z.optional(z.string()),
  /** Missing where there is no entry (I mentioned myself, say), and where several are named. */
  offset: z.optional(z.string()),
});
export type EntryRef = z.infer<typeof entryRef>;

export function isNamedBy(it: Entry, ref: EntryRef): boolean {
  if (ref.offset !== undefined) return it.offset === ref.offset;
  return ref.room !== undefined && it.kind === ref.kind && it.room === ref.room &&
    (ref.seq === undefined || it.seq === ref.seq) &&
    (ref.by === undefined || it.by === ref.by) && (ref.emoji === undefined || it.emoji === ref.emoji);
}

/** `you` is what came on `user:<me>`, `everything` what came on `feed`. */
export const feedView = z.enum(["you", "everything"], "must be you or everything");
export type FeedView = z.infer<typeof feedView>;

export const feedPage = z.object({
  /** The newest first. */
  entries: z.array(entry),
  /** A position of the view's stream, taken before the page was read: following it from there leaves no gap. */
  offset: z.string(),
  /** Older ones remain. */
  more: z.boolean(),
  /** Up to here I have seen this view. */
  seen: z.optional(z.string()),
  /**
   * What is past that and not read in its room either, up to 100: entries of `everything`; of `you` items, since all
   * reactions to one message are one, and so are replies and messages in one room with less than 2 h between them.
   */
  unseen: field.count,
});
export type FeedPage = z.infer<typeof feedPage>;

export const feedCommands = {
  "feed.list": command({
    input: z.object({
      view: feedView,
      /** An entry's offset: older ones come. */
      before: z.optional(field.offset),
      /** Only entries about this room. */
      room: z.optional(field.id),
      limit: field.limit,
    }),
    output: feedPage,
    verb: "list feed",
    load: "read",
  }),
  "feed.markSeen": command({
    input: z.object({ view: feedView, offset: field.offset }),
    output: z.object({}),
    verb: "mark feed seen",
  }),
};

const entryData = z.object({ entry });

export const feedEvents = {
  "feed.posted": entryData,
  "feed.withdrawn": entryRef,
};

export const inboxEvents = {
  "inbox.mentioned": entryData,
  "inbox.replied": entryData,
  "inbox.reacted": entryData,
  "inbox.messaged": entryData,
  "inbox.invited": entryData,
  /** It no longer stands: a mention was edited out, a message deleted, a reaction taken back, an invitation ended. */
  "inbox.withdrawn": entryRef,
  /** It stands again, as before: no news. */
  "inbox.restored": entryRef,
  "feed.seen": z.object({ view: feedView, offset: z.string() }),
};
