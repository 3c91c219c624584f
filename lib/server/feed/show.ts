/** Completes entries with names, rooms and texts as they are now. Of a room that is not visible, it adds nothing. */
import { type ListedEntry, titleOf } from "../entries/service.ts";
import type { Log } from "../log/log.ts";
import type { MessagesService } from "../messages/service.ts";
import type { RoomsService } from "../rooms/service.ts";
import type { UsersService } from "../users/service.ts";
import type { Entry } from "../../protocol/feed.ts";
import type { User } from "../../protocol/users.ts";

export type CompleteEntries = (reader: User, listed: ListedEntry[]) => Promise<Entry[]>;

export interface ShowDeps {
  log: Pick<Log, "offset">;
  users: Pick<UsersService, "get">;
  rooms: Pick<RoomsService, "filterVisible">;
  messages: Pick<MessagesService, "excerpts">;
}

export function createCompleteEntries({ log, users, rooms, messages }: ShowDeps): CompleteEntries {
  /** The excerpts of the messages, by room. */
  async function texts(reader: User, listed: ListedEntry[]): Promise<Map<string, Map<number, string>>> {
    const seqs = new Map<string, number[]>();
    for (const { entry: { room, seq } } of listed) {
      if (room !== undefined && seq !== undefined) seqs.set(room, [...seqs.get(room) ?? [], seq]);
    }
    return new Map(
      await Promise.all(
        [...seqs].map(async ([room, some]) => [room, await messages.excerpts(reader.id, room, some)] as const),
      ),
    );
  }

  return async (reader, listed) => {
    const ids = [...new Set(listed.flatMap(({ entry }) => entry.room === undefined ? [] : [entry.room]))];
    const [said, people] = await Promise.all([texts(reader, listed), users.get(listed.map(({ entry }) => entry.by))]);
    // Authorise last: a person who is removed meanwhile gets nothing that was read after that.
    const visible = await rooms.filterVisible(reader.id, ids);
    const names = new Map(people.map(({ id, name }) => [id, name]));
    return listed.map(({ entry: { url, room: id, seq, n, title: _then, ...entry }, ...at }): Entry => {
      const room = id === undefined ? undefined : visible.get(id);
      const text = room && seq !== undefined ? said.get(room.id)?.get(seq) : undefined;
      const title = titleOf({ kind: entry.kind, name: names.get(entry.by) ?? "Somebody", room, emoji: entry.emoji });
      return {
        ...entry,
        ...(room && { room: room.id, ...(seq !== undefined && { seq }), ...(n !== undefined && { n }) }),
        title,
        ...(text !== undefined && { text }),
        ...(room && url !== undefined && { url }),
        offset: log.offset(at),
      };
    });
  };
}
