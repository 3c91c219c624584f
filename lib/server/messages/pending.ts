/**
 * Notifies the people whom a message's own commit could not notify, in commits right after it, by what holds then.
 * After a crash in between, a repeated send with the same key does it, or a process that looks for pending
 * notifications.
 */
import { type Change, type EntryWrites, joinWrites, NO_WRITES, subjectOf } from "../entries/service.ts";
import { roomStream, userStream } from "../../protocol/streams.ts";
import type { Room } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import type { MessageDocument, MessagesStore, Pending } from "./store.ts";
import type { NotifierDeps } from "./notification.ts";

/** Entries of reactions that one commit deletes, so that deleting a message fits into one atomic. */
export const FORGOTTEN_MAX = 50;

/** Messages with pending notifications that are handled at once. */
const PENDING_MAX = 100;

export interface PendingNotifications {
  /** Notifies the people who are left. `user` is who changed the message. */
  notifyPending(user: User, room: Room, message: { seq: number; n?: number | undefined }): Promise<void>;
  /** Notifies the people whom other processes left when they ended. */
  notifyAllPending(find: FindFor): Promise<void>;
}

/** Finds the author and the room of a pending notification. */
export interface FindFor {
  user(id: string): Promise<User | undefined>;
  room(id: string): Promise<Room | undefined>;
}

export function remembering(store: MessagesStore, room: string, seq: number, people: Pending[]): EntryWrites {
  const set = store.setPending(room, seq, people);
  return people.length > 0 ? { ...NO_WRITES, sets: [set] } : { ...NO_WRITES, deletes: [set.key] };
}

export function createPending(
  { log, entries, store, filterViewers, atOnce }: NotifierDeps & { atOnce: number },
): PendingNotifications {
  /** The entries that some of the pending people should get or lose now. */
  async function standing(by: User, room: Room, document: MessageDocument | undefined, people: Pending[]) {
    if (!document) return { due: [], forgotten: [] };
    const isThere = document.deletedAt === undefined;
    const some = people.filter(({ kind }) => kind !== "reacted");
    const [seeing, known, forgotten] = await Promise.all([
      filterViewers(room.id, some.map((one) => one.user)), // they may have been removed meanwhile
      entries.findRecords(some.map(({ user, kind }) => subjectOf(user, { kind, by, room, message: document }))),
      some.length < people.length ? entries.listAbout("reacted", room.id, document.seq, FORGOTTEN_MAX) : [],
    ]);
    const due = some.map((one, at): Pending & Change => ({
      ...one,
      record: known[at],
      stands: isThere && (one.kind !== "mentioned" || document.mentions?.includes(one.user) === true),
      isHidden: !seeing.includes(one.user),
    }));
    return { due: due.filter(({ stands, isHidden }) => !(stands && isHidden)), forgotten };
  }

  const notifyPending: PendingNotifications["notifyPending"] = async (user, room, { seq }) => {
    const stream = roomStream(room.id);
    for (let left = 1; left > 0;) {
      left = await log.append<number>([stream], async () => {
        const { people, check } = await store.pending(room.id, seq);
        if (people.length === 0) return { result: 0 };
        const [now, later] = [people.slice(0, atOnce), people.slice(atOnce)];
        const head = await log.head(stream);
        const document = await store.get(room.id, seq);
        const by = { ...user, id: document?.by ?? user.id };
        const { due, forgotten } = await standing(by, room, document, now);
        const isMore = forgotten.length === FORGOTTEN_MAX;
        const rest = isMore ? [...later, ...now.filter(({ kind }) => kind === "reacted")] : later;
        const inboxes = [...due.map((one) => one.user), ...(forgotten.length > 0 ? [by.id] : [])];
        return {
          streams: inboxes.map(userStream),
          checks: [check],
          asOf: { [stream]: head.seq },
          write(slotOf) {
            const parts = due.map(({ user, kind, ...it }) =>
              entries.settle(slotOf, user, { kind, by, room, message: document }, it)
            );
            const all = [...parts, entries.forget(forgotten, user.id), remembering(store, room.id, seq, rest)];
            return { ...joinWrites(all), result: rest.length };
          },
        };
      });
    }
  };

  return {
    notifyPending,
    async notifyAllPending(find) {
      for (const { room: id, seq } of await store.allPending(PENDING_MAX)) {
        const [room, document] = await Promise.all([find.room(id), store.get(id, seq)]);
        const author = document && await find.user(document.by);
        if (room && author) await notifyPending(author, room, { seq });
      }
    },
  };
}
