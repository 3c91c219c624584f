/**
 * Whom a message is told beside its room: people whom it mentions, those in a direct conversation, and the whole
 * workspace when it wakes a quiet public room. All else a send writes is the same however many people there are.
 */
import type { EntriesService, Part, Told } from "../entries/service.ts";
import type { Log } from "../log/log.ts";
import type { Place } from "../log/types.ts";
import { FEED, roomStream, userStream } from "../protocol/streams.ts";
import type { User } from "../protocol/users.ts";
import { type Mark, markAt, readMarks, type RoomView } from "../rooms/service.ts";
import type { MessagesStore, Untold } from "./store.ts";

/** A public room without a message for this long is quiet: the next one is the start of a conversation. */
export const QUIET_MS = 24 * 3_600_000;
/**
 * Streams of a message's own commit that are not of people told: the room's, the author's and the feed's. What a commit
 * takes beside them is told in it. A document beside the message says who is left, and commits right after it tell them,
 * before the send is answered; after a crash between the two whoever sends again with the same key does.
 */
const OWN_STREAMS = 3;

export interface Telling {
  /** The streams that `write` needs, and what it relies on. */
  streams: string[];
  checks: Deno.AtomicCheck[];
  write(place: (stream: string) => Place, message: { seq: number; n?: number | undefined }): Part;
  /** Somebody is left, for `tellRest`. */
  more: boolean;
}

export interface Teller {
  isQuiet(view: RoomView): boolean;
  /** Who learns of a message of `user` that mentions `ids`; `view` as of now where the room is quiet. */
  ofMessage(user: User, view: RoomView, ids: string[]): Promise<Telling>;
  /** Who learns of an edit that mentions `ids`, `added` newly; who is mentioned no more and was still to be told is not. */
  ofEdit(user: User, view: RoomView, seq: number, ids: string[], added: string[]): Promise<Telling>;
  /** Who learns of a reaction to a message: its author, once. */
  ofReaction(user: User, view: RoomView, message: { seq: number; by: string }, emoji: string): Promise<Telling>;
  /** Tells those who are left. */
  tellRest(user: User, room: RoomView["room"], message: { seq: number; n?: number | undefined }): Promise<void>;
}

export interface TellerDeps {
  log: Log;
  entries: EntriesService;
  now: () => number;
  store: MessagesStore;
  /** Everybody in a direct conversation. */
  partners(room: string): Promise<string[]>;
  /** Those of these people who can see a room. */
  seers(room: string, users: string[]): Promise<string[]>;
}

/** People told in the message's own commit. */
export function toldAtOnce({ appendStreams }: Pick<Log, "appendStreams">): number {
  return appendStreams - OWN_STREAMS;
}

const NOBODY: Part = { events: [], sets: [] };

/** Somebody to tell; `read`: only of what comes right after their mark in the room, which was there. */
type Due = Untold & { read?: Mark };

export function createTeller({ log, entries, now, store, partners, seers }: TellerDeps): Teller {
  const atOnce = toldAtOnce(log);

  /** Tells as many of `people` as one commit can, and remembers the others. */
  function telling(
    told: Omit<Told, "kind" | "message">,
    people: Due[],
    left: { before: Untold[]; check?: Deno.AtomicCheck; fewer?: boolean } = { before: [] },
  ): Telling {
    const [now, later] = [people.slice(0, atOnce), people.slice(atOnce)];
    const room = told.room?.id ?? "";
    const changes = later.length > 0 || left.fewer;
    return {
      streams: now.map(({ user }) => userStream(user)),
      checks: left.check && changes ? [left.check] : [],
      more: later.length > 0,
      write(place, message) {
        const isNext = (mark: Mark | undefined) => !mark || message.n === undefined || mark.n >= message.n - 1;
        const due = now.filter(({ user, read }) => isNext(read && markAt(place, user, room, read)));
        const parts = due.map(({ user, kind }) => entries.tell(place, user, { ...told, kind, message }));
        const { events, sets } = joined(parts);
        const after = later.filter(({ read }) => isNext(read)).map(({ user, kind }) => ({ user, kind }));
        const rest = [...left.before, ...after];
        return { events, sets: changes ? [...sets, store.setUntold(room, message.seq, rest)] : sets };
      },
    };
  }

  const isQuiet: Teller["isQuiet"] = ({ room, head }) =>
    room.visibility === "public" && now() - head.lastAt >= QUIET_MS;

  /**
   * Those in a direct conversation who have read all before this message: who has not was told already, when it went
   * on without them. So each run of unread messages makes one entry, however long it gets.
   */
  async function caughtUp(user: User, { room }: RoomView): Promise<Due[]> {
    const others = (await partners(room.id)).filter((id) => id !== user.id);
    const [head, ...marks] = await Promise.all([
      log.head(roomStream(room.id)),
      ...others.map((id) => readMarks(log, id, [room.id])),
    ]);
    return others.flatMap((id, at) => {
      const read = marks[at]?.[0]?.mark;
      return read && read.n >= head.n ? [{ user: id, kind: "messaged", read }] : [];
    });
  }

  return {
    isQuiet,

    async ofMessage(user, view, ids) {
      const { room, head } = view;
      const mentioned = ids.filter((id) => id !== user.id);
      const messaged = room.visibility === "direct" ? await caughtUp(user, view) : [];
      const people: Due[] = [
        ...mentioned.map((id) => ({ user: id, kind: "mentioned" as const })),
        ...messaged.filter((one) => !mentioned.includes(one.user)),
      ];
      const direct = telling({ by: user, room }, people);
      if (!isQuiet(view)) return direct;
      return {
        ...direct,
        streams: [...direct.streams, FEED],
        write(place, message) {
          // Of several who speak at once only the first one wakes the room.
          const wakes = message.n === head.n + 1;
          const woken = wakes ? entries.post(place, { kind: "started", by: user, room, message }) : NOBODY;
          return joined([woken, direct.write(place, message)]);
        },
      };
    },

    async ofEdit(user, { room }, seq, ids, added) {
      const people = added.filter((id) => id !== user.id).map((id) => ({ user: id, kind: "mentioned" as const }));
      const { people: was, check } = await store.untold(room.id, seq);
      const before = was.filter((one) => one.kind !== "mentioned" || ids.includes(one.user));
      return telling({ by: user, room }, people, { before, check, fewer: before.length < was.length });
    },

    async ofReaction(user, { room }, { seq, by: author }, emoji) {
      const reaction = { emoji, user: user.id };
      const isNew = author !== user.id && !await store.isReactionTold(room.id, seq, reaction);
      const sees = isNew ? await seers(room.id, [author]) : []; // They may have left, or been removed.
      const told = telling({ by: user, room, emoji }, sees.map((id) => ({ user: id, kind: "reacted" as const })));
      return {
        ...told,
        write(place, message) {
          const { events, sets } = told.write(place, message);
          return { events, sets: events.length > 0 ? [...sets, store.setReactionTold(room.id, seq, reaction)] : sets };
        },
      };
    },

    async tellRest(user, room, message) {
      for (;;) {
        const stream = roomStream(room.id);
        const told = await log.append<number>([stream], async () => {
          const { people, check } = await store.untold(room.id, message.seq);
          if (people.length === 0) return { result: 0 };
          const [now, later] = [people.slice(0, atOnce), people.slice(atOnce)];
          const { seq } = await log.head(stream);
          const seeing = await seers(room.id, now.map((one) => one.user)); // They may have been removed meanwhile.
          const due = now.filter((one) => seeing.includes(one.user));
          return {
            streams: due.map((one) => userStream(one.user)),
            checks: [check],
            asOf: { [stream]: seq },
            write(place) {
              const parts = due.map((one) =>
                entries.tell(place, one.user, { kind: one.kind, by: user, room, message })
              );
              const { events, sets } = joined(parts);
              const rest = store.setUntold(room.id, message.seq, later);
              return {
                events,
                sets: later.length > 0 ? [...sets, rest] : sets,
                deletes: later.length > 0 ? [] : [rest.key],
                result: now.length,
              };
            },
          };
        });
        if (told < atOnce) return;
      }
    },
  };
}

function joined(parts: Part[]): Part {
  return { events: parts.flatMap(({ events }) => events), sets: parts.flatMap(({ sets }) => sets) };
}
