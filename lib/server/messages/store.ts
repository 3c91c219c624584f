/** Message documents in KV, keyed by the seq of their `messages.sent`. Private to this feature. */
import type { InboxKind } from "../entries/service.ts";
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";
import { KEY_KEPT_MS } from "../log/idempotency.ts";
import type { Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import type { Message } from "../../protocol/messages.ts";
import { roomStream } from "../../protocol/streams.ts";

export interface MessageDocument {
  seq: number;
  n?: number;
  rev: number;
  key: string;
  by: string;
  at: number;
  text: string;
  /** The people that its text may mention: handle → user id, as of the sending. */
  people?: Record<string, string>;
  mentions?: string[];
  editedAt?: number;
  /** How many of its former texts are kept. */
  edits?: number;
  deletedAt?: number;
  /** It has reactions, which are stored beside it: with a long text both could pass KV's 64 KiB. */
  reacted?: true;
}

export type Reactions = Message["reactions"];

/** Somebody whom a message's own commit could not tell any more. */
export interface Pending {
  user: string;
  kind: InboxKind;
}
type Set = { key: Deno.KvKey; value: unknown; expireIn?: number };

export interface MessagesStore {
  get(room: string, seq: number): Promise<MessageDocument | undefined>;
  /** Those of these that there are, and perhaps others between them. */
  many(room: string, seqs: number[]): Promise<MessageDocument[]>;
  /** Up to `limit` messages before `seq` (exclusive), newest first. */
  before(room: string, seq: number, limit: number): Promise<MessageDocument[]>;
  /** Up to `limit` messages after `seq` (exclusive), oldest first. */
  after(room: string, seq: number, limit: number): Promise<MessageDocument[]>;
  /** The reactions of those documents that have some, by seq. */
  reactions(room: string, documents: MessageDocument[]): Promise<Map<number, Reactions>>;
  /** A message with its reactions and a person's own one, read at one moment, and what a commit on them checks. */
  whole(room: string, seq: number, reaction?: { emoji: string; user: string }): Promise<Whole | undefined>;
  /** The same as it stands where a commit on it will; undefined where the message as such is no longer there. */
  wholeAt(place: AppendSlot, room: string, was: Whole, reaction: { emoji: string; user: string }): Whole | undefined;
  /** Whether this reaction is taken back by what is written before a commit in its atomic. */
  isTakenBackAt(place: AppendSlot, room: string, seq: number, reaction: { emoji: string; user: string }): boolean;
  /** Whether a person is among those who reacted so. */
  isReactor(room: string, seq: number, emoji: string, user: string): Promise<boolean>;
  reactors(room: string, seq: number, emoji: string, after: string, limit: number): Promise<string[]>;
  pending(room: string, seq: number): Promise<{ people: Pending[]; check: Deno.AtomicCheck }>;
  setPending(room: string, seq: number, people: Pending[]): Set;
  /** Messages with people who are still to be told. */
  allPending(limit: number): Promise<{ room: string; seq: number }[]>;
  /** By person, the number of the direct message whose entry went with it, so that their run has none; 0 for nobody. */
  brokenRuns(room: string, users: string[]): Promise<number[]>;
  setBrokenRun(room: string, user: string, n: number): Set;
  brokenRunKey(room: string, user: string): Deno.KvKey;
  /** Keys of what a message said before, the oldest first. */
  edits(room: string, seq: number, limit: number): Promise<Deno.KvKey[]>;
  set(room: string, document: MessageDocument): Set;
  setReactions(room: string, seq: number, reactions: Reactions): Set;
  setMention(user: string, room: string, seq: number, n: number): Set;
  setEdit(room: string, was: MessageDocument, rev: number): Set;
  setReactor(room: string, seq: number, emoji: string, user: string): Set;
}

export interface Whole {
  document: MessageDocument;
  reactions: Reactions;
  /** Whether the person has reacted so. */
  mine: boolean;
  check: Deno.AtomicCheck;
}

const DENSE = 4; // a range is read when at least one in so many of its places is wanted

export function createMessagesStore(db: Database, log: Log): MessagesStore {
  const range = async (selector: Deno.KvListSelector, limit: number, reverse: boolean) =>
    (await db.list<MessageDocument>(selector, { limit, reverse })).map((entry) => entry.value);

  /** The newest messages of a room, as far as they are not at their keys yet, oldest first. */
  async function newest(room: string): Promise<MessageDocument[]> {
    return (await log.documents(roomStream(room))).filter(isDocument);
  }

  /** A page of stored messages and of the newest, without those that have got to their keys between the two reads. */
  function merge(stored: MessageDocument[], more: MessageDocument[], limit: number, order: 1 | -1): MessageDocument[] {
    const known = new Set(stored.map(({ seq }) => seq));
    const all = [...stored, ...more.filter(({ seq }) => !known.has(seq))];
    return all.sort((a, b) => order * (a.seq - b.seq)).slice(0, limit);
  }

  return {
    async get(room, seq) {
      const recent = (await newest(room)).find((it) => it.seq === seq);
      return recent ?? (await db.get<MessageDocument>(keys.message(room, seq))).value ?? undefined;
    },
    async many(room, seqs) {
      const recent = (await newest(room)).filter(({ seq }) => seqs.includes(seq));
      const known = new Set(recent.map(({ seq }) => seq));
      const wanted = [...new Set(seqs)].filter((seq) => !known.has(seq));
      const [low, high] = [Math.min(...wanted), Math.max(...wanted)];
      if (wanted.length > 0 && high - low < wanted.length * DENSE) {
        const span = { start: keys.message(room, low), end: keys.message(room, high + 1) };
        return merge(await range(span, high - low + 1, false), recent, seqs.length * DENSE, 1);
      }
      const entries = await db.getMany<MessageDocument>(wanted.map((seq) => keys.message(room, seq)));
      return [...entries.flatMap(({ value }) => value ? [value] : []), ...recent];
    },
    async reactions(room, documents) {
      const reacted = documents.filter((document) => document.reacted);
      const entries = await db.getMany<Reactions>(reacted.map(({ seq }) => keys.reactions(room, seq)));
      return new Map(reacted.map(({ seq }, at) => [seq, entries[at]?.value ?? {}]));
    },
    async whole(room, seq, reaction) {
      const recent = (await newest(room)).find((it) => it.seq === seq);
      const [message, reactions, mine] = await db.getMany<MessageDocument & Reactions>([
        keys.message(room, seq),
        keys.reactions(room, seq),
        keys.reactor(room, seq, reaction?.emoji ?? "", reaction?.user ?? ""),
      ]);
      const document = message?.value ?? recent;
      if (!message || !document) return undefined;
      return {
        document,
        reactions: reactions?.value ?? {},
        mine: mine?.value !== null && mine !== undefined,
        // Whatever changes a message writes its document to its key, so one check holds all three.
        check: { key: message.key, versionstamp: message.versionstamp },
      };
    },
    wholeAt(place, room, was, { emoji, user }) {
      const { seq } = was.document;
      const document = place.written(keys.message(room, seq));
      if (!document) return was;
      const reactions = place.written(keys.reactions(room, seq));
      const mine = place.written(keys.reactor(room, seq, emoji, user));
      if (!isDocument(document.value) || document.value.deletedAt !== undefined) return undefined;
      return {
        ...was,
        document: document.value,
        reactions: !reactions ? was.reactions : isReactions(reactions.value) ? reactions.value : {},
        mine: mine ? mine.value !== undefined : was.mine,
      };
    },
    isTakenBackAt(place, room, seq, { emoji, user }) {
      const written = place.written(keys.reactor(room, seq, emoji, user));
      return written !== undefined && written.value === undefined;
    },
    async isReactor(room, seq, emoji, user) {
      return (await db.get(keys.reactor(room, seq, emoji, user))).value !== null;
    },
    async reactors(room, seq, emoji, after, limit) {
      const prefix = keys.reactors(room, seq, emoji);
      const entries = await db.list({ prefix, start: [...prefix, `${after}\0`] }, { limit });
      return entries.map((entry) => String(entry.key.at(-1)));
    },
    async pending(room, seq) {
      const { key, value, versionstamp } = await db.get<Pending[]>(keys.untold(room, seq));
      return { people: value ?? [], check: { key, versionstamp } };
    },
    setPending: (room, seq, people) => ({ key: keys.untold(room, seq), value: people, expireIn: KEY_KEPT_MS }),
    async allPending(limit) {
      const entries = await db.list({ prefix: keys.untolds() }, { limit });
      return entries.map(({ key: [, room, seq] }) => ({ room: String(room), seq: Number(seq) }));
    },
    async brokenRuns(room, users) {
      const entries = await db.getMany<number>(users.map((user) => keys.brokenRun(room, user)));
      return entries.map(({ value }) => value ?? 0);
    },
    setBrokenRun: (room, user, n) => ({ key: keys.brokenRun(room, user), value: n, expireIn: KEY_KEPT_MS }),
    brokenRunKey: keys.brokenRun,
    async edits(room, seq, limit) {
      return (await db.list({ prefix: keys.edits(room, seq) }, { limit })).map((entry) => entry.key);
    },
    async before(room, seq, limit) {
      const recent = (await newest(room)).filter((it) => it.seq < seq);
      const page = await range({ prefix: keys.messages(room), end: keys.message(room, seq) }, limit, true);
      return merge(page, recent, limit, -1);
    },
    async after(room, seq, limit) {
      const recent = (await newest(room)).filter((it) => it.seq > seq);
      const page = await range({ prefix: keys.messages(room), start: keys.message(room, seq + 1) }, limit, false);
      return merge(page, recent, limit, 1);
    },
    set: (room, document) => ({ key: keys.message(room, document.seq), value: document }),
    setReactions: (room, seq, reactions) => ({ key: keys.reactions(room, seq), value: reactions }),
    setEdit: (room, { seq, text, people, editedAt, at }, rev) => ({
      key: keys.edit(room, seq, rev),
      value: { text, ...(people && { people }), at: editedAt ?? at },
    }),
    setReactor: (room, seq, emoji, user) => ({ key: keys.reactor(room, seq, emoji, user), value: true }),
    setMention: (user, room, seq, n) => ({ key: keys.mention(user, room, seq), value: n }),
  };
}

function isReactions(value: unknown): value is Reactions {
  return typeof value === "object" && value !== null;
}

function isDocument(value: unknown): value is MessageDocument {
  return typeof value === "object" && value !== null && "seq" in value && "rev" in value && "text" in value;
}
