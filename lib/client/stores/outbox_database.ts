/** The outbox in IndexedDB. A file of its own, fetched after the first scripts: nothing on screen waits for it. */
import { type IDBPDatabase, openDB } from "idb";
import type { OutboxSchema } from "./outbox_storage.ts";

const VERSION = 1;

/** `me` names the database, so that another person in this browser never sends for me. */
export function openOutbox(me: string): Promise<IDBPDatabase<OutboxSchema>> {
  return openDB<OutboxSchema>(`rivulet-${me}`, VERSION, {
    upgrade: (db) => void db.createObjectStore("outbox", { keyPath: "key" }),
  });
}
