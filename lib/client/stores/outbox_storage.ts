/** Stores unsent messages so that they outlive a reload: in IndexedDB by person, or in memory if there is none. */
import type { DBSchema, IDBPDatabase } from "idb";

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

export interface OutboxSchema extends DBSchema {
  outbox: { key: string; value: Outgoing };
}

/** If `openDatabase` fails, it is called again for what is stored next. */
export function createOutboxStorage(openDatabase: () => Promise<IDBPDatabase<OutboxSchema>>): OutboxStorage {
  let opening: Promise<IDBPDatabase<OutboxSchema> | undefined> | undefined;
  const open = () => opening ??= openDatabase().catch(() => void (opening = undefined));
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
