/**
 * The notifier: writes the feed entries of a message, for the people whom it mentions, those in a direct conversation,
 * and the whole workspace when the message starts a conversation in a quiet public room. All else that a send writes is
 * the same however many people there are.
 */
import { type EntryDraft, joinWrites, NO_WRITES } from "../entries/service.ts";
import type { Log } from "../log/log.ts";
import { FEED, roomStream, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { type Mark, markAt, readMarks, type RoomView } from "../rooms/service.ts";
import { createPending, type PendingNotifications, remembering } from "./pending.ts";
import { hasEntryAfter, type Notification, type NotifierDeps } from "./notification.ts";
import type { Pending } from "./store.ts";
import { createWithdrawing, type Withdrawing } from "./withdrawing.ts";

/** A public room without a message for this long is quiet: the next one is the start of a conversation. */
export const QUIET_MS = 24 * 3_600_000;
/**
 * Streams of a message's own commit that are not those of people to notify: the room's, the author's and the feed's.
 * The notifier uses what else the commit can take. A document beside the message lists the people who are left, and
 * commits right after it notify them, before the send is answered (`pending.ts`).
 */
const OWN_STREAMS = 3;

export interface Notifier extends Withdrawing, PendingNotifications {
  isQuiet(view: RoomView): boolean;
  /** Prepares the entries of a message of `user` that mentions `ids`. If the room is quiet, `view` must be current. */
  ofMessage(user: User, view: RoomView, ids: string[]): Promise<Notification>;
}

/** How many people the message's own commit can notify. */
export function notifiedAtOnce({ appendStreams }: Pick<Log, "appendStreams">): number {
  return appendStreams - OWN_STREAMS;
}

/** A person to notify. */
type Due = Pending & {
  /** Notify only if the message comes right after this read mark of theirs. */
  read?: Mark;
  /** Notify only if the message comes right after this number, because no entry tells of what they have not read. */
  after?: number;
};

export function createNotifier(deps: NotifierDeps): Notifier {
  const { log, entries, now, store, listParticipants } = deps;
  const atOnce = notifiedAtOnce(log);

  /** Notifies as many of `people` as one commit can, and stores the others as pending. */
  function notification(draft: Omit<EntryDraft, "kind" | "message">, people: Due[]): Notification {
    const [now, later] = [people.slice(0, atOnce), people.slice(atOnce)];
    const room = draft.room?.id ?? "";
    return {
      streams: now.map(({ user }) => userStream(user)),
      checks: [],
      more: later.length > 0,
      write(slotOf, message) {
        const before = (message.n ?? Infinity) - 1;
        const isNext = (mark: Mark | undefined, { after = before }: Due) =>
          (!mark || mark.n >= before) && after === before;
        const due = now.filter((one) => isNext(one.read && markAt(slotOf, one.user, room, one.read), one));
        const rest = later.filter((one) => isNext(one.read, one)).map(({ user, kind }) => ({ user, kind }));
        return joinWrites([
          ...due.map(({ user, kind }) => entries.notify(slotOf, user, { ...draft, kind, message })),
          ...(later.length > 0 ? [remembering(store, room, message.seq, rest)] : []),
        ]);
      },
    };
  }

  const isQuiet: Notifier["isQuiet"] = ({ room, head }) =>
    room.visibility === "public" && now() - head.lastAt >= QUIET_MS;

  /**
   * People in a direct conversation who have read all before this message; the others have an entry already, from the
   * first message that they have not read. So each run of unread messages makes one entry, however long it gets; a run
   * that lost its entry, so that nothing tells of what is unread in it, gets another.
   */
  async function caughtUp(user: User, { room }: RoomView): Promise<Due[]> {
    const others = (await listParticipants(room.id)).filter((id) => id !== user.id);
    const [head, ...marks] = await Promise.all([
      log.head(roomStream(room.id)),
      ...others.map((id) => readMarks(log, id, [room.id])),
    ]);
    const all = others.flatMap((id, at) => {
      const read = marks[at]?.[0]?.mark;
      return read ? [{ user: id, kind: "messaged" as const, read }] : [];
    });
    const behind = all.filter(({ read }) => read.n < head.n);
    const broken = await store.brokenRuns(room.id, behind.map(({ user }) => user));
    const uncovered = await Promise.all(
      behind.filter(({ read }, at) => (broken[at] ?? 0) > read.n).map(async ({ user, kind, read: { n } }) =>
        await hasEntryAfter(entries, { user, room: room.id, n }) ? [] : [{ user, kind, after: head.n }]
      ),
    );
    return [...all.filter(({ read }) => read.n >= head.n), ...uncovered.flat()];
  }

  return {
    ...createWithdrawing({ ...deps, atOnce }),
    ...createPending({ ...deps, atOnce }),
    isQuiet,

    async ofMessage(user, view, ids) {
      const { room, head } = view;
      const mentioned = ids.filter((id) => id !== user.id);
      const messaged = room.visibility === "direct" ? await caughtUp(user, view) : [];
      const people: Due[] = [
        ...mentioned.map((id) => ({ user: id, kind: "mentioned" as const })),
        ...messaged.filter((one) => !mentioned.includes(one.user)),
      ];
      const direct = notification({ by: user, room }, people);
      if (!isQuiet(view)) return direct;
      return {
        ...direct,
        streams: [...direct.streams, FEED],
        write(slotOf, message) {
          // If several send at once, only the first one starts the conversation.
          const wakes = message.n === head.n + 1;
          const woken = wakes ? entries.post(slotOf, { kind: "started", by: user, room, message }) : NO_WRITES;
          return joinWrites([woken, direct.write(slotOf, message)]);
        },
      };
    },
  };
}
