/** The notifier on edits, deletions and reactions: withdraws and restores entries, and never posts one twice. */
import { type Change, type EntryDraft, joinWrites, NO_WRITES, subjectOf } from "../entries/service.ts";
import { FEED, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import type { RoomView } from "../rooms/service.ts";
import type { Notification, NotifierDeps } from "./notification.ts";
import { FORGOTTEN_MAX, remembering } from "./pending.ts";
import type { MessageDocument, Pending } from "./store.ts";

export interface Withdrawing {
  /**
   * Prepares the entries of an edit by which the message mentions `ids`: for people who were added, and for those who
   * are mentioned no more. A pending notification of one who is mentioned no more is dropped.
   */
  ofEdit(user: User, view: RoomView, was: MessageDocument, ids: string[]): Promise<Notification>;
  /** Withdraws all entries of a message that is deleted. */
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
  { entries, store, listParticipants, filterViewers, atOnce }: NotifierDeps & { atOnce: number },
): Withdrawing {
  /** Settles the entries of as many of `people` as one commit can, and stores the others as pending. */
  function settling(
    draft: Omit<EntryDraft, "kind" | "message">,
    people: Changed[],
    { before, check, isNew }: Left,
  ): Notification {
    const [now, later] = [people.slice(0, atOnce), people.slice(atOnce)];
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

  /** Reads records of entries. The author of the change comes first: the change's commit has to settle theirs. */
  async function changed(draft: EntryDraft<Pending["kind"]>, users: string[], stands: (user: string) => boolean) {
    const people = users.toSorted((a, b) => Number(b === draft.by.id) - Number(a === draft.by.id));
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

  return {
    async ofEdit(user, { room }, was, ids) {
      const before = was.mentions ?? [];
      const { people, check } = await store.pending(room.id, was.seq);
      const isLeft = (id: string) => people.some((one) => one.kind === "mentioned" && one.user === id);
      const some = [...ids, ...before].filter((id) => ids.includes(id) !== before.includes(id) && !isLeft(id));
      const draft = { kind: "mentioned" as const, by: user, room, message: was };
      const rest = people.filter((one) => one.kind !== "mentioned" || ids.includes(one.user));
      return settling({ by: user, room }, await changed(draft, some, (id) => ids.includes(id)), {
        before: rest,
        check,
        isNew: rest.length < people.length,
      });
    },

    async ofDelete(user, { room }, was) {
      const by = { ...user, id: was.by }; // the author of the message, whoever deletes it
      const draft = { by, room, message: was };
      const { people, check } = await store.pending(room.id, was.seq);
      const notifiedOf = (ids: string[]) => ids.filter((id) => !people.some((one) => one.user === id));
      const others = room.visibility === "direct"
        ? (await listParticipants(room.id)).filter((id) => id !== was.by)
        : [];
      const [mentions, runs, reacted, [started]] = await Promise.all([
        changed({ ...draft, kind: "mentioned" }, notifiedOf(was.mentions ?? []), () => false),
        changed({ ...draft, kind: "messaged" }, notifiedOf(others), () => false),
        entries.listAbout("reacted", room.id, was.seq, FORGOTTEN_MAX),
        entries.findRecords([subjectOf(undefined, { ...draft, kind: "started" })]),
      ]);
      const broken = runs.filter(({ record }) => record);
      const forgotten = [
        ...reacted,
        ...(started ? [{ subject: subjectOf(undefined, { ...draft, kind: "started" }), record: started }] : []),
      ];
      const isMore = reacted.length === FORGOTTEN_MAX;
      const { streams, checks, more, write } = settling({ by, room }, [...mentions, ...broken], {
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
            { ...NO_WRITES, sets: broken.map((one) => store.setBrokenRun(room.id, one.user, was.n ?? 0)) },
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
