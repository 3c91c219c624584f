/** Stores unsent messages so that they outlive a reload: in IndexedDB by person, or in memory if the browser has none. */
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

interface Schema extends DBSchema {
  outbox: { key: string; value: Outgoing };
}

const VERSION = 1;

/** Imports a chunk of the page. */
type ImportChunk = <T extends object>(load: () => Promise<T>) => Promise<T>;

/** `me` names the database, so that another person in this browser never sends for me. What fails is tried again. */
export function createOutboxStorage(me: string, importChunk: ImportChunk): OutboxStorage {
  let opening: Promise<IDBPDatabase<Schema> | undefined> | undefined;
  const open = () => opening ??= openOutbox(`rivulet-${me}`, importChunk).catch(() => void (opening = undefined));
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

/** The library is fetched after the page's first scripts, because nothing on the screen waits for it. */
async function openOutbox(name: string, importChunk: ImportChunk): Promise<IDBPDatabase<Schema>> {
  const { openDB } = await importChunk(() => import("idb"));
  return await openDB<Schema>(name, VERSION, {
    upgrade: (db) => void db.createObjectStore("outbox", { keyPath: "key" }),
  });
}
