/**
 * From layout 4 to 5: the names of rooms are in use, each by one room. Of several rooms that have one name already, the
 * last one has it. The knowledge of layout 4 in this file stays as it is, however keys and documents change later.
 */
import { setAt } from "./key.ts";
import type { Migration } from "./migration.ts";

const FOLDED_MAX = 400;

export const toLayout5: Migration = {
  prefix: ["room"],
  pageOf: (_db, page) =>
    Promise.resolve(page.map(({ key: [, id], value }) => {
      const { name, visibility }: { name?: unknown; visibility?: unknown } = Object(value);
      if (typeof name !== "string" || visibility === "direct") return [];
      const folded = name.normalize("NFKC").toLowerCase().normalize("NFKC").slice(0, FOLDED_MAX);
      return [setAt(["room_name", folded], String(id))];
    })),
};
