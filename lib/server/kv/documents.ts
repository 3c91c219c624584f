/** The form of every stored value, in one place (keys.ts has the keys). */
import type { SessionLine, TokenLine } from "../../protocol/auth.ts";
import type { InviteLine } from "../../protocol/invites.ts";
import type { Entry, InboxKind } from "../../protocol/feed.ts";
import type { Message } from "../../protocol/messages.ts";
import type { Level } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import type { KvSet } from "./key.ts";

/** Where a stream ends. A stream that was never written has the head `EMPTY`. */
export interface Head {
  /** The seq of the last event; 0 in an empty stream. */
  seq: number;
  /** The tag of the last event. */
  tag: string;
  /** The seq of the oldest event that may be read. */
  first: number;
  /** How many numbered events (messages) there are: the room's `n`. */
  n: number;
  /** When the last numbered event came; before that, when the first event came; 0 in an empty stream. */
  lastAt: number;
  /** The seq of the last event that changed who may do what here. */
  authority: number;
  /** The seq of the last event that changed what the stream is of, a room's name, say; undefined before the first. */
  rev?: number;
  /** How many people are in what the stream is of; undefined where nobody ever was. */
  members?: number;
  /** The newest events, oldest first: those that no segment holds yet (segments.ts). */
  tail: StoredEvent[];
}

export interface StoredEvent {
  seq: number;
  tag: string;
  type: string;
  at: number;
  by: string;
  /** The event's data, or a reference that `Join` completes. */
  data: unknown;
  /** The seq of the message that the event is about; its data is then that message as it is now. */
  about?: number;
  /** The compaction key: `Log.latest` returns the latest event of each. */
  latest?: string;
  /** In a head: the document that goes to its own key when the event leaves. */
  document?: KvSet;
  /** The commit that wrote it, on its first event only: finds out whether a commit that timed out has landed. */
  batch?: string;
}

/** The latest event with one compaction key that is in a segment. */
export interface LatestDocument {
  seq: number;
  data: unknown;
}

/** A use of an idempotency key. */
export interface Sent {
  command: string;
  hash: string;
  made: string | number;
  expiresAt: number;
}

export interface Workspace {
  name: string;
  /** The id of the room that everybody starts in. */
  lobby: string;
  createdAt: number;
}

/** Documents that are older than tokens have no `deactivations`. */
export type UserDocument = User & { signIns: number; deactivations?: number };

export interface Session extends Omit<SessionLine, "current"> {
  user: string;
  expiresAt: number;
  /** The person's count of ended sign-ins when it began; once that count changes, the session is dead. */
  signIns: number;
}

export interface Invite extends InviteLine {
  /** The SHA-256 of its token. */
  hash: string;
  /** How often `by` had been deactivated when it was made; once that changes, it is dead. Earlier ones have none. */
  deactivations?: number;
}

/** A link by which an owner sets a new password, once. */
export interface RecoveryLink {
  user: string;
  expiresAt: number;
  /** The person's count of ended sign-ins when it was made; once that changes, it is dead. */
  signIns: number;
}

/** A personal access token. */
export interface Token extends TokenLine {
  user: string;
  /** How often the person had been deactivated when it was made; once that changes, it is dead. */
  deactivations: number;
}

/** A token that reads the feed and nothing else. */
export interface FeedToken {
  user: string;
  deactivations: number;
}

export interface Membership {
  level: Level;
  at: number;
}

/** What the wire carries besides is made of this, or stored beside it. */
export interface MessageDocument
  extends Omit<Message, "room" | "body" | "thread" | "replies" | "reactions" | "mentions"> {
  /** The people that its text may mention: handle → user id, as of the sending. */
  people?: Record<string, string>;
  mentions?: string[];
  /** How many of its former texts are kept. */
  edits?: number;
  /** It has reactions, which are stored beside it: with a long text both could pass KV's 64 KiB. */
  reacted?: true;
}

/** What a message said before it was edited. */
export interface FormerText {
  text: string;
  people?: Record<string, string>;
  at: number;
}

/** By emoji, the people who reacted, up to the number that the wire carries. */
export type Reactions = Message["reactions"];

/** A person whom the notifier has yet to notify of a message. */
export interface Pending {
  user: string;
  kind: InboxKind;
}

/** The position of an event in its stream. */
export interface Position {
  seq: number;
  tag: string;
}

/** An entry as stored: a reference, without what the message says, and without the epoch that an offset names. */
export type StoredEntry = Omit<Entry, "text" | "offset">;

export interface EntryDocument {
  tag: string;
  entry: StoredEntry;
}

/** The position of the entry about something, and when it was written. */
export interface EntryRecord extends Position {
  at: number;
  /** It was withdrawn. */
  off?: true;
}

/** Which parts of an instance's people changed, and who types there. */
export interface InstanceDocument {
  /** By part: how many times its list of people was written. */
  parts: number[];
  /** Room, person, and a number that changes each time they typed. */
  typing: [room: string, user: string, count: number][];
}
