/** The notifier on edits, deletions and reactions: withdraws and restores entries, and never posts one twice. */
import { type Change, type EntryDraft, joinWrites, NO_WRITES, subjectOf } from "../entries/service.ts";
import { FEED, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { readMarks, type RoomView } from "../rooms/service.ts";
import { hasEntryAfter, type Notification, type NotifierDeps } from "./notification.ts";
import { FORGOTTEN_MAX, remembering } from "./pending.ts";
import type { MessageDocument, Pending } from "./store.ts";

export interface Withdrawing {
  /**
   * Prepares the entries of an edit by which the message mentions `ids`: for people who were added, and for those who
   * are mentioned no more. A pending notification of one who is mentioned no more is dropped. Where nothing else tells
   * them of what they have not read in a direct conversation, the message does.
   */
  ofEdit(user: User, view: RoomView, was: MessageDocument, ids: string[]): Promise<Notification>;
  /** Withdraws all entries of a message that is deleted. Notes whose unread direct messages nothing tells of then. */
  ofDelete(user: User, view: RoomView, was: MessageDocument): Promise<Notification>;
  /** Prepares the entry of a reaction that is given (`on`) or taken back: the author gets one, once. */
  ofReaction(user: User, view: RoomView, was: MessageDocument, emoji: string, on: boolean): Promise<Notification>;
}

/** A person whose entry has to be posted, withdrawn or restored. */
type Changed = Pending & Change;

/** People whom the notifier has yet to notify of the message, and the check of a commit that changes them. */
interface Left {
  before: Pending[];
  check: Deno.AtomicCheck;
  isNew: boolean;
}

export function createWithdrawing(
  { log, entries, store, listParticipants, filterViewers, atOnce }: NotifierDeps & { atOnce: number },
): Withdrawing {
  /** Settles the entries of as many of `people` as one commit can, and stores the others as pending. */
  function settling(
    draft: Omit<EntryDraft, "kind" | "message">,
    people: Changed[],
    { before, check, isNew }: Left,
  ): Notification {
    // The author of the change comes first: the change's commit has to settle theirs.
    const all = people.toSorted((a, b) => Number(b.user === draft.by.id) - Number(a.user === draft.by.id));
    const [now, later] = [all.slice(0, atOnce), all.slice(atOnce)];
    const rest = [...before, ...later.map(({ user, kind }) => ({ user, kind }))];
    const changes = isNew || later.length > 0;
    const room = draft.room?.id ?? "";
    return {
      streams: now.map(({ user }) => userStream(user)),
      checks: changes ? [check] : [],
      more: rest.length > 0,
      write: (slotOf, message) =>
        joinWrites([
          ...now.map(({ user, kind, ...it }) => entries.settle(slotOf, user, { ...draft, kind, message }, it)),
          ...(changes ? [remembering(store, room, message.seq, rest)] : []),
        ]),
    };
  }

  /** Reads records of entries. */
  async function changed(draft: EntryDraft<Pending["kind"]>, people: string[], stands: (user: string) => boolean) {
    if (people.length === 0) return [];
    const [known, seeing] = await Promise.all([
      entries.findRecords(people.map((user) => subjectOf(user, draft))),
      filterViewers(draft.room?.id ?? "", people),
    ]);
    return people.map((user, at): Changed => ({
      user,
      kind: draft.kind,
      record: known[at],
      stands: stands(user),
      isHidden: !seeing.includes(user),
    }));
  }

  /** People whose unread messages of a direct conversation nothing tells of once they lose such entries of this one. */
  async function findUncovered(
    { room, head }: RoomView,
    { seq, n = 0 }: MessageDocument,
    people: string[],
    lost: string[],
  ) {
    const all = await Promise.all(people.map(async (user) => {
      const [read] = await readMarks(log, user, [room.id]);
      const mark = read?.mark.n ?? 0;
      const from = { user, room: room.id, n: Math.min(mark, n - 1) };
      const isCovered = await hasEntryAfter(entries, from, (entry) => entry.seq === seq && lost.includes(entry.kind));
      return isCovered ? [] : [{ user, hasRead: mark >= n, broken: store.setBrokenRun(room.id, user, head.n) }];
    }));
    return all.flat();
  }

  return {
    async ofEdit(user, view, was, ids) {
      const { room } = view;
      const before = was.mentions ?? [];
      const { people, check } = await store.pending(room.id, was.seq);
      const isLeft = (id: string) => people.some((one) => one.kind === "mentioned" && one.user === id);
      const some = [...ids, ...before].filter((id) => ids.includes(id) !== before.includes(id) && !isLeft(id));
      const gone = before.filter((id) => room.visibility === "direct" && id !== user.id && !ids.includes(id));
      const uncovered = await findUncovered(view, was, gone, ["mentioned"]);
      const unread = uncovered.filter(({ hasRead }) => !hasRead).map((one) => one.user);
      const draft = { by: user, room, message: was };
      const [messaged, mentioned] = await Promise.all([
        changed({ ...draft, kind: "messaged" }, unread, () => true),
        changed({ ...draft, kind: "mentioned" }, some, (id) => ids.includes(id)),
      ]);
      const rest = people.filter((one) => one.kind !== "mentioned" || ids.includes(one.user));
      // A new entry takes the position of its stream's next event, so it comes first.
      const { write, ...settled } = settling({ by: user, room }, [...messaged, ...mentioned], {
        before: rest,
        check,
        isNew: rest.length < people.length,
      });
      const sets = uncovered.filter(({ hasRead }) => hasRead).map(({ broken }) => broken);
      return {
        ...settled,
        write: (slotOf, message) => joinWrites([write(slotOf, message), { ...NO_WRITES, sets }]),
      };
    },

    async ofDelete(user, view, was) {
      const { room } = view;
      const by = { ...user, id: was.by }; // the author of the message, whoever deletes it
      const draft = { by, room, message: was };
      const { people, check } = await store.pending(room.id, was.seq);
      const notifiedOf = (ids: string[]) => ids.filter((id) => !people.some((one) => one.user === id));
      const others = room.visibility === "direct"
        ? (await listParticipants(room.id)).filter((id) => id !== was.by)
        : [];
      const [mentions, direct, reacted, [started]] = await Promise.all([
        changed({ ...draft, kind: "mentioned" }, notifiedOf(was.mentions ?? []), () => false),
        changed({ ...draft, kind: "messaged" }, notifiedOf(others), () => false),
        entries.listAbout("reacted", room.id, was.seq, FORGOTTEN_MAX),
        entries.findRecords([subjectOf(undefined, { ...draft, kind: "started" })]),
      ]);
      const runs = direct.filter(({ record }) => record);
      const lost = [...mentions.filter(({ record }) => record && !record.off), ...runs, ...people];
      const losers = others.filter((id) => lost.some((one) => one.user === id));
      const uncovered = await findUncovered(view, was, losers, ["messaged", "mentioned"]);
      const forgotten = [
        ...reacted,
        ...(started ? [{ subject: subjectOf(undefined, { ...draft, kind: "started" }), record: started }] : []),
      ];
      const isMore = reacted.length === FORGOTTEN_MAX;
      const { streams, checks, more, write } = settling({ by, room }, [...mentions, ...runs], {
        before: isMore ? [{ user: was.by, kind: "reacted" }] : [],
        check,
        isNew: people.length > 0 || isMore,
      });
      return {
        streams: [...streams, ...(reacted.length > 0 ? [userStream(was.by)] : []), ...(started ? [FEED] : [])],
        checks,
        more,
        write: (slotOf, message) =>
          joinWrites([
            write(slotOf, message),
            entries.forget(forgotten, user.id),
            { ...NO_WRITES, sets: uncovered.map((one) => one.broken) },
          ]),
      };
    },

    async ofReaction(user, { room }, { seq, by: author }, emoji, on) {
      const nobody = { streams: [], checks: [], more: false, write: () => NO_WRITES };
      if (author === user.id) return nobody;
      const draft = { kind: "reacted" as const, by: user, room, message: { seq }, emoji };
      const [one] = await changed(draft, [author], () => on);
      if (!one || (on && one.isHidden)) return nobody; // They may have left, or been removed.
      return {
        ...nobody,
        streams: [userStream(author)],
        write: (slotOf, message) => entries.settle(slotOf, author, { ...draft, message }, one),
      };
    },
  };
}
