/**
 * The room list. What is unread is derived from the room's count, my mark and the numbers of the messages that mention
 * me (unread.ts), never counted up or down: the figures are right once everything has come, in whatever order and
 * however often. What cannot be derived (after my mark went back, say) is fetched.
 */
import { computed, type ReadonlySignal, signal } from "@preact/signals";
import { reduce, type Reducers, type UserEvent } from "../../protocol/events.ts";
import type { Entry, EntryRef } from "../../protocol/feed.ts";
import type { DigestCount } from "../../protocol/frames.ts";
import type { Message } from "../../protocol/messages.ts";
import type { Level, Room, RoomSummary } from "../../protocol/rooms.ts";
import type { Caller } from "../connection/calls.ts";
import type { Clock } from "../connection/clock.ts";
import { isPassing } from "../connection/refusal.ts";
import { createReplay } from "./replay.ts";
import { createNeededRooms } from "./needed_rooms.ts";
import { countForMe, inOrder, isCalling } from "../../model/room_list.ts";
import {
  added,
  isOutdated,
  isUncertain,
  type RoomEntry,
  toEntries,
  toRoomEntry,
  toSummary,
  withMention,
  withRoom,
} from "./room_entry.ts";

const PAGE = 100;

export interface RoomsStore {
  /** Rooms by name, then direct conversations, the last used first. */
  summaries: ReadonlySignal<readonly RoomSummary[]>;
  /** How many of my rooms are not here yet: a page leaves some out, `load` gets them. */
  more: ReadonlySignal<number>;
  summary(room: string): RoomSummary | undefined;
  /** Joined rooms with something unread, those left out that I want to hear nothing of. */
  unreadRooms: ReadonlySignal<number>;
  /** Unread messages that are for me: mentions, and all in direct conversations, of rooms that I want to hear of. */
  forMe: ReadonlySignal<number>;
  /** My mark in a room: the number of the last message that I read. */
  mark(room: string): number;
  setMark(room: string, n: number): void;
  /** How much of a room I want to hear. */
  setLevel(room: string, level: Level): void;
  /** The room was changed. */
  update(room: Room): void;
  /** I am a member now. */
  joined(room: Room): void;
  /** A room that the list doesn't have is about to be shown. */
  visited(summary: RoomSummary): void;
  /** Fetches those of these rooms that are not here: public ones that a page names. */
  find(rooms: readonly string[]): void;
  drop(room: string): void;
  /** A session began: the next digest is whole, and no older than what is known now. */
  welcomed(): void;
  digest(rooms: Record<string, DigestCount>): void;
  /** A message of a followed room came, which no digest counts. */
  message(message: Message): void;
  /** An event of my own stream. */
  apply(event: UserEvent): void;
  /** Loads the whole list again. Throws `Refusal`. */
  load(): Promise<void>;
}

export interface RoomsStoreDeps {
  summaries: readonly RoomSummary[];
  /** How many of my rooms are not among them; none by default. */
  more?: number | undefined;
  call: Caller;
  clock: Clock;
  /** From 0 to below 1. */
  random(): number;
}

export function createRoomsStore(deps: RoomsStoreDeps): RoomsStore {
  const { summaries: first, more: left = 0, call, clock, random } = deps;
  const more = signal(left);
  const entries = signal<ReadonlyMap<string, RoomEntry>>(toEntries(first));
  const summaries = computed(() => [...entries.value.values()].map(toSummary).sort(inOrder));

  const set = (room: string, it: RoomEntry) => entries.value = new Map(entries.peek()).set(room, it);

  function change(room: string, to: (it: RoomEntry) => RoomEntry) {
    const old = entries.peek().get(room);
    if (old) set(room, to(old));
  }

  const { live, during } = createReplay();
  let asked = 0;
  let taken = 0; // the number of the latest request whose answer was applied

  /** Counts as they were when a session began, until its first digest is here. */
  let before: ReadonlyMap<string, RoomEntry> | undefined;

  /** A room's count only grows: if one shrank since the last session, data were restored: the list is loaded again. */
  function checkRestored(rooms: Record<string, DigestCount>) {
    const known = before;
    before = undefined;
    const isRestored = Object.entries(rooms).some(([id, { n }]) => n < (known?.get(id)?.n ?? 0));
    if (isRestored) void load().catch(() => before = known); // If it fails, the next digest tries again.
  }

  function digest(rooms: Record<string, DigestCount>) {
    const next = new Map(entries.peek());
    for (const [id, { n, lastAt, rev }] of Object.entries(rooms)) {
      const old = next.get(id);
      if (!old) continue;
      const now = { ...old, n: Math.max(n, old.n), lastAt: Math.max(lastAt, old.lastAt), digestRev: rev };
      next.set(id, now);
      if (isOutdated(now)) needSoon(id);
    }
    entries.value = next;
  }

  const nothing = () => {};
  const reducers: Reducers<UserEvent> = {
    "reads.marked": ({ data }) => mark(data.room, data.n),
    "rooms.added": ({ data }) => put(data.room),
    "rooms.removed": ({ data: { room } }) =>
      room.visibility === "public" ? change(room.id, (it) => ({ ...it, joined: false })) : drop(room.id),
    "rooms.levelSet": ({ data: { room, level } }) => change(room, (it) => ({ ...it, level })),
    "inbox.mentioned": ({ data }) => notified(data.entry),
    "inbox.messaged": ({ data }) => notified(data.entry),
    "inbox.replied": nothing,
    "inbox.reacted": nothing,
    "inbox.invited": nothing,
    "inbox.withdrawn": ({ data }) => mention(data, false),
    "inbox.restored": ({ data }) => mention(data, true),
    "feed.seen": nothing,
    "sessions.revoked": nothing,
  };

  function put(room: Room) {
    set(room.id, added(room, entries.peek().get(room.id)));
    need(room.id);
  }

  function visited(summary: RoomSummary) {
    if (!entries.peek().has(summary.room.id)) set(summary.room.id, toRoomEntry(summary));
  }

  function drop(room: string) {
    const next = new Map(entries.peek());
    if (next.delete(room)) entries.value = next;
  }

  function mark(room: string, n: number) {
    const was = entries.peek().get(room)?.mark;
    // No event names some mentions, such as mine of myself: a mark that goes back is followed by a request.
    change(room, (it) => n > it.known ? { ...it, mark: n, known: n, below: 0 } : { ...it, mark: n });
    if (was !== n) need(room);
  }

  /** An entry about a message for me came, before the digest counted the message. */
  function notified({ kind, room = "", n = 0, at }: Entry) {
    message({ room, n, at });
    if (kind === "mentioned") mention({ kind, room, n }, true);
  }

  function mention({ kind, room = "", n = 0 }: Pick<EntryRef, "kind" | "room" | "n">, stands: boolean) {
    if (kind !== "mentioned" || n === 0) return;
    change(room, (it) => withMention(it, n, stands));
    if (n <= (entries.peek().get(room)?.known ?? 0)) need(room);
  }

  function message({ room, n = 0, at }: Pick<Message, "room" | "n" | "at">) {
    change(room, (it) => n > it.n ? { ...it, n, lastAt: Math.max(at, it.lastAt) } : it);
  }

  async function listMine() {
    const all: RoomSummary[] = [];
    for (;;) {
      const { rooms, more } = await call("rooms.list", { mine: true, limit: PAGE, after: all.at(-1)?.room.id });
      all.push(...rooms);
      if (!more || rooms.length === 0) return all;
    }
  }

  async function load() {
    const order = ++asked;
    await during(listMine, (all) => {
      if (order < taken) return false; // The answer to a later request is newer.
      taken = order;
      // A room that is only visited is not in the list.
      const others = [...entries.peek()].filter(([, it]) => !it.joined);
      entries.value = new Map([...others, ...toEntries(all)]);
      more.value = 0;
      return true;
    });
  }

  /** Gives whether it is settled, for now at least: what failed for a while only is tried again. */
  async function fetch(room: string): Promise<boolean> {
    const order = ++asked;
    try {
      await during(() => call("rooms.get", { room }), ({ line }) => {
        if (order < taken || !entries.peek().has(room)) return false;
        set(room, toRoomEntry(line));
        return true;
      });
      return true;
    } catch (error) {
      return !isPassing(error);
    }
  }

  const found = new Set<string>();

  function visit(room: string) {
    found.add(room);
    void call("rooms.get", { room }).then(({ line }) => live(() => visited(line)), () => found.delete(room));
  }

  /** A room is fetched if it was changed, or if its number of unread mentions cannot be derived from what is known. */
  const { need, needSoon, again } = createNeededRooms({
    clock,
    random,
    isNeeded: (room) => isUncertain(entries.peek().get(room)),
    fetch,
  });

  return {
    summaries,
    more,
    summary: (room) => summaries.value.find((it) => it.room.id === room),
    unreadRooms: computed(() => summaries.value.filter(isCalling).length),
    forMe: computed(() => countForMe(summaries.value)),
    mark: (room) => entries.peek().get(room)?.mark ?? 0,
    setMark: (room, n) => live(() => mark(room, n)),
    setLevel: (room, level) => live(() => change(room, (it) => ({ ...it, level }))),
    update: (room) => live(() => change(room.id, (it) => withRoom(it, room))),
    joined: (room) => live(() => put(room)),
    find: (rooms) => rooms.filter((room) => !entries.peek().has(room) && !found.has(room)).forEach(visit),
    visited: (summary) => live(() => visited(summary)),
    drop: (room) => live(() => drop(room)),
    digest(rooms) {
      checkRestored(rooms);
      again();
      live(() => digest(rooms));
    },
    apply: (event) => live(() => reduce(reducers, event)),
    message: (it) => live(() => message(it)),
    welcomed: () => void (before = entries.peek()),
    load,
  };
}
