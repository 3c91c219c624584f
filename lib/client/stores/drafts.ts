/** Keeps texts that are written and not sent, by person and room, on this device. */
import { TEXT_MAX } from "../../protocol/fields.ts";

export const DRAFTS_MAX = 50; // rooms

export interface Drafts {
  get(room: string): string;
  /** An empty text removes it. Never throws: a full or forbidden storage only forgets. */
  set(room: string, text: string): void;
}

export function createDrafts(me: string, storage: Storage | undefined): Drafts {
  const prefix = `rivulet:draft:${me}:`;
  const order = `rivulet:drafts:${me}`;
  return {
    get(room) {
      try {
        return storage?.getItem(prefix + room) ?? "";
      } catch {
        return "";
      }
    },
    set(room, text) {
      if (!storage) return;
      try {
        const rooms = (storage.getItem(order) ?? "").split(" ").filter((it) => it !== "" && it !== room);
        if (text === "") storage.removeItem(prefix + room);
        else {
          storage.setItem(prefix + room, text.slice(0, TEXT_MAX));
          rooms.push(room);
        }
        for (const old of rooms.splice(0, rooms.length - DRAFTS_MAX)) storage.removeItem(prefix + old);
        storage.setItem(order, rooms.join(" "));
      } catch {
        return; // A quota or privacy settings forbid it, so the draft lives as long as the page.
      }
    },
  };
}
