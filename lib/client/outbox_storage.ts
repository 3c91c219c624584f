/** Where unsent messages outlive a reload: IndexedDB by person, or memory where the browser gives none. */
import { type DBSchema, type IDBPDatabase, openDB } from "idb";

/** A message on its way: shown at once, sent in order, kept until the server has it. */
export interface Outgoing {
  room: string;
  key: string;
  text: string;
  /** When it was written, ms since 1970; also its order. */
  at: number;
  state: "pending" | "failed";
  /** Why it failed, in words for its author. */
  reason?: string;
}

/** No method throws or rejects: a browser that stores nothing still sends. */
export interface OutboxStorage {
  load(): Promise<Outgoing[]>;
  put(one: Outgoing): Promise<void>;
  remove(key: string): Promise<void>;
}

interface Schema extends DBSchema {
  outbox: { key: string; value: Outgoing };
}

const VERSION = 1;

/** `me` names the database, so that another person in this browser never sends for me. */
export function createOutboxStorage(me: string): OutboxStorage {
  let opening: Promise<IDBPDatabase<Schema> | undefined> | undefined;
  const open = () =>
    opening ??= openDB<Schema>(`rivulet-${me}`, VERSION, {
      upgrade: (db) => void db.createObjectStore("outbox", { keyPath: "key" }),
    }).catch(() => undefined);
  return {
    async load() {
      const all = await (await open())?.getAll("outbox").catch(() => []) ?? [];
      return all.sort((a, b) => a.at - b.at);
    },
    async put(one) {
      await (await open())?.put("outbox", one).catch(() => {});
    },
    async remove(key) {
      await (await open())?.delete("outbox", key).catch(() => {});
    },
  };
}
