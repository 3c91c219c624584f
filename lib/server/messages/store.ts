/** Message documents in KV, keyed by the seq of their `messages.sent`. Private to this feature. */
import type { Database } from "../kv/database.ts";
import type { MessageDocument, Pending, Reactions } from "../kv/documents.ts";
import { type KvSet, setAt } from "../kv/key.ts";
import { keys } from "../kv/keys.ts";
import { KEY_KEPT_MS } from "../log/idempotency.ts";
import type { Head, Log } from "../log/log.ts";
import type { AppendSlot } from "../log/types.ts";
import { roomStream } from "../../protocol/streams.ts";

export interface MessagesStore {
  get(room: string, seq: number): Promise<MessageDocument | undefined>;
  /** The messages at these seqs that exist, and perhaps others between them. */
  many(room: string, seqs: number[]): Promise<MessageDocument[]>;
  /** The newest messages of a room, whose head was read before, that were not at their keys by then, oldest first. */
  newest(head: Head): MessageDocument[];
  /** Up to `limit` messages before `seq` (exclusive), newest first; `newest` was taken before. */
  before(room: string, seq: number, limit: number, newest?: MessageDocument[]): Promise<MessageDocument[]>;
  /** Up to `limit` messages after `seq` (exclusive), oldest first. */
  after(room: string, seq: number, limit: number, newest?: MessageDocument[]): Promise<MessageDocument[]>;
  /** The reactions of those documents that have some, by seq. */
  reactions(room: string, documents: MessageDocument[]): Promise<Map<number, Reactions>>;
  /** A message with its reactions and one person's own, read at one moment, and the check of a change of them. */
  snapshot(room: string, seq: number, reaction?: { emoji: string; user: string }): Promise<MessageSnapshot | undefined>;
  /** The same as of a slot in the log; undefined if the message is deleted before it. */
  snapshotAt(
    slot: AppendSlot,
    room: string,
    was: MessageSnapshot,
    reaction: { emoji: string; user: string },
  ): MessageSnapshot | undefined;
  /** Whether an earlier write of the same atomic takes this reaction back. */
  isTakenBackAt(slot: AppendSlot, room: string, seq: number, reaction: { emoji: string; user: string }): boolean;
  /** Whether a person is among those who reacted so. */
  isReactor(room: string, seq: number, emoji: string, user: string): Promise<boolean>;
  reactors(room: string, seq: number, emoji: string, after: string, limit: number): Promise<string[]>;
  pending(room: string, seq: number): Promise<{ people: Pending[]; check: Deno.AtomicCheck }>;
  setPending(room: string, seq: number, people: Pending[]): KvSet;
  /** Messages with pending notifications. */
  allPending(limit: number): Promise<{ room: string; seq: number }[]>;
  /** By person, how many direct messages there were when the entry of their unread ones went; 0 for nobody. */
  brokenRuns(room: string, users: string[]): Promise<number[]>;
  setBrokenRun(room: string, user: string, n: number): KvSet;
  /** Keys of the former texts of a message, oldest first. */
  edits(room: string, seq: number, limit: number): Promise<Deno.KvKey[]>;
  set(room: string, document: MessageDocument): KvSet;
  setReactions(room: string, seq: number, reactions: Reactions): KvSet;
  setMention(user: string, room: string, seq: number, n: number): KvSet;
  setEdit(room: string, was: MessageDocument, rev: number): KvSet;
  setReactor(room: string, seq: number, emoji: string, user: string): KvSet;
  mentionKey(user: string, room: string, seq: number): Deno.KvKey;
  reactionsKey(room: string, seq: number): Deno.KvKey;
  reactorKey(room: string, seq: number, emoji: string, user: string): Deno.KvKey;
}

export interface MessageSnapshot {
  document: MessageDocument;
  reactions: Reactions;
  /** Whether the person has reacted so. */
  mine: boolean;
  check: Deno.AtomicCheck;
}

const DENSE = 4; // a range is read if at least one in so many of its seqs is wanted

export function createMessagesStore(db: Database, log: Log): MessagesStore {
  const range = async <S extends Deno.KvListSelector>(selector: S, limit: number, reverse: boolean) =>
    (await db.list(selector, { limit, reverse })).map((entry) => entry.value);

  /** The newest messages of a room that are not at their keys yet, oldest first. */
  async function newest(room: string): Promise<MessageDocument[]> {
    return (await log.documents(roomStream(room))).filter(isDocument);
  }

  /** Merges stored messages with the newest; a message may have moved to its key between the two reads. */
  function merge(stored: MessageDocument[], more: MessageDocument[], limit: number, order: 1 | -1): MessageDocument[] {
    const known = new Set(stored.map(({ seq }) => seq));
    const all = [...stored, ...more.filter(({ seq }) => !known.has(seq))];
    return all.sort((a, b) => order * (a.seq - b.seq)).slice(0, limit);
  }

  return {
    async get(room, seq) {
      const recent = (await newest(room)).find((it) => it.seq === seq);
      return recent ?? (await db.get(keys.message(room, seq))).value ?? undefined;
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
      const entries = await db.getMany(wanted.map((seq) => keys.message(room, seq)));
      return [...entries.flatMap(({ value }) => value ? [value] : []), ...recent];
    },
    async reactions(room, documents) {
      const reacted = documents.filter((document) => document.reacted);
      const entries = await db.getMany(reacted.map(({ seq }) => keys.reactions(room, seq)));
      return new Map(reacted.map(({ seq }, at) => [seq, entries[at]?.value ?? {}]));
    },
    async snapshot(room, seq, reaction) {
      const recent = (await newest(room)).find((it) => it.seq === seq);
      const [message, reactions, mine] = await db.getMany([
        keys.message(room, seq),
        keys.reactions(room, seq),
        keys.reactor(room, seq, reaction?.emoji ?? "", reaction?.user ?? ""),
      ]);
      const document = message.value ?? recent;
      if (!document) return undefined;
      return {
        document,
        reactions: reactions.value ?? {},
        mine: mine.value !== null,
        // Whatever changes a message writes its document to its key, so one check holds all three.
        check: { key: message.key, versionstamp: message.versionstamp },
      };
    },
    snapshotAt(slot, room, was, { emoji, user }) {
      const { seq } = was.document;
      const document = slot.written(keys.message(room, seq));
      if (!document) return was;
      const reactions = slot.written(keys.reactions(room, seq));
      const mine = slot.written(keys.reactor(room, seq, emoji, user));
      if (!document.value || document.value.deletedAt !== undefined) return undefined;
      return {
        ...was,
        document: document.value,
        reactions: reactions ? reactions.value ?? {} : was.reactions,
        mine: mine ? mine.value !== undefined : was.mine,
      };
    },
    isTakenBackAt(slot, room, seq, { emoji, user }) {
      const written = slot.written(keys.reactor(room, seq, emoji, user));
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
      const { key, value, versionstamp } = await db.get(keys.pending(room, seq));
      return { people: value ?? [], check: { key, versionstamp } };
    },
    setPending: (room, seq, people) => setAt(keys.pending(room, seq), people, { expireIn: KEY_KEPT_MS }),
    async allPending(limit) {
      const entries = await db.list({ prefix: keys.allPending() }, { limit });
      return entries.map(({ key: [, room, seq] }) => ({ room: String(room), seq: Number(seq) }));
    },
    async brokenRuns(room, users) {
      const entries = await db.getMany(users.map((user) => keys.brokenRun(room, user)));
      return entries.map(({ value }) => value ?? 0);
    },
    setBrokenRun: (room, user, n) => setAt(keys.brokenRun(room, user), n, { expireIn: KEY_KEPT_MS }),
    async edits(room, seq, limit) {
      return (await db.list({ prefix: keys.edits(room, seq) }, { limit })).map((entry) => entry.key);
    },
    newest: ({ tail }) => tail.map(({ document }) => document?.value).filter(isDocument),
    async before(room, seq, limit, known) {
      const recent = (known ?? await newest(room)).filter((it) => it.seq < seq);
      const page = await range({ prefix: keys.messages(room), end: keys.message(room, seq) }, limit, true);
      return merge(page, recent, limit, -1);
    },
    async after(room, seq, limit, known) {
      const recent = (known ?? await newest(room)).filter((it) => it.seq > seq);
      const page = await range({ prefix: keys.messages(room), start: keys.message(room, seq + 1) }, limit, false);
      return merge(page, recent, limit, 1);
    },
    set: (room, document) => setAt(keys.message(room, document.seq), document),
    setReactions: (room, seq, reactions) => setAt(keys.reactions(room, seq), reactions),
    setEdit: (room, { seq, text, people, editedAt, at }, rev) =>
      setAt(keys.edit(room, seq, rev), { text, ...(people && { people }), at: editedAt ?? at }),
    setReactor: (room, seq, emoji, user) => setAt(keys.reactor(room, seq, emoji, user), true),
    setMention: (user, room, seq, n) => setAt(keys.mention(user, room, seq), n),
    mentionKey: keys.mention,
    reactionsKey: keys.reactions,
    reactorKey: keys.reactor,
  };
}

function isDocument(value: unknown): value is MessageDocument {
  return typeof value === "object" && value !== null && "seq" in value && "rev" in value && "text" in value;
}

export type { MessageDocument, Pending, Reactions } from "../kv/documents.ts";
