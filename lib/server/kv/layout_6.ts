/**
 * From layout 5 to 6: a room's head counts its members. The knowledge of layout 5 in this file stays as it is, however
 * keys and documents change later.
 */
import type { Database } from "./database.ts";
import { setAt } from "./key.ts";
import type { Migration } from "./migration.ts";

const ROOM = "room:";
const PAGE = 500; // members read at once

export const toLayout6: Migration = {
  prefix: ["head"],
  async pageOf(db, page) {
    const sets = [];
    for (const { key, value } of page) {
      const stream = String(key.at(-1));
      if (!stream.startsWith(ROOM)) sets.push([]);
      else sets.push([setAt(key, { ...Object(value), members: await count(db, stream.slice(ROOM.length)) })]);
    }
    return sets;
  },
};

async function count(db: Database, room: string): Promise<number> {
  const prefix = ["member", room];
  let members = 0;
  for (let last = "";;) {
    const some = await db.list({ prefix, start: [...prefix, `${last}\0`] }, { limit: PAGE });
    members += some.length;
    if (some.length < PAGE) return members;
    last = String(some.at(-1)?.key.at(-1));
  }
}
