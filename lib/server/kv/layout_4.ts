/**
 * From layout 3 to 4: each entry about a room is written a second time, where the room's entries lie together. Both
 * expire at the same time. The knowledge of layout 3 in this file stays as it is, however keys and documents change
 * later.
 */
import { setAt } from "./key.ts";
import type { Migration } from "./migration.ts";

const ENTRY_KEPT_MS = 90 * 86_400_000;

export const toLayout4: Migration = {
  prefix: ["entry"],
  pageOf: (_db, page, now) =>
    Promise.resolve(page.map(({ key: [, stream = "", seq = 0], value }) => {
      const { room, at } = entryIn(value);
      if (typeof room !== "string") return [];
      const kept = typeof at === "number" ? at + ENTRY_KEPT_MS - now : ENTRY_KEPT_MS;
      return [setAt(["room_entry", stream, room, seq], value, { expireIn: Math.max(1, kept) })];
    })),
};

function entryIn(value: unknown): { room?: unknown; at?: unknown } {
  const { entry }: { entry?: unknown } = Object(value);
  return Object(entry);
}
