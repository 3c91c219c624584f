/** Message documents in KV, keyed by the seq of their `messages.sent`. Private to this feature. */
import type { Database } from "../kv/database.ts";
import { keys } from "../kv/keys.ts";

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
}

export interface MessagesStore {
  get(room: string, seq: number): Promise<MessageDocument | undefined>;
  /** Those of these that there are, by seq. */
  many(room: string, seqs: number[]): Promise<Map<number, MessageDocument>>;
  /** Up to `limit` messages before `seq` (exclusive), newest first. */
  before(room: string, seq: number, limit: number): Promise<MessageDocument[]>;
  /** Up to `limit` messages after `seq` (exclusive), oldest first. */
  after(room: string, seq: number, limit: number): Promise<MessageDocument[]>;
  set(room: string, document: MessageDocument): { key: Deno.KvKey; value: MessageDocument };
  setMention(user: string, room: string, seq: number, n: number): { key: Deno.KvKey; value: number };
}

const DENSE = 4; // a range is read when at least one in so many of its places is wanted

export function createMessagesStore(db: Database): MessagesStore {
  const range = async (selector: Deno.KvListSelector, limit: number, reverse: boolean) =>
    (await db.list<MessageDocument>(selector, { limit, reverse })).map((entry) => entry.value);

  return {
    async get(room, seq) {
      return (await db.get<MessageDocument>(keys.message(room, seq))).value ?? undefined;
    },
    async many(room, seqs) {
      const wanted = [...new Set(seqs)];
      const [low, high] = [Math.min(...wanted), Math.max(...wanted)];
      if (wanted.length > 0 && high - low < wanted.length * DENSE) {
        const span = { start: keys.message(room, low), end: keys.message(room, high + 1) };
        return new Map((await range(span, high - low + 1, false)).map((document) => [document.seq, document]));
      }
      const entries = await db.getMany<MessageDocument>(wanted.map((seq) => keys.message(room, seq)));
      return new Map(entries.flatMap(({ value }) => value ? [[value.seq, value]] : []));
    },
    before: (room, seq, limit) => range({ prefix: keys.messages(room), end: keys.message(room, seq) }, limit, true),
    after: (room, seq, limit) =>
      range({ prefix: keys.messages(room), start: keys.message(room, seq + 1) }, limit, false),
    set: (room, document) => ({ key: keys.message(room, document.seq), value: document }),
    setMention: (user, room, seq, n) => ({ key: keys.mention(user, room, seq), value: n }),
  };
}
