/** The room on screen: its timeline, which its stream keeps right, its read mark, and rooms kept to come back to. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { isRoomEvent, reduce, type Reducers, type RoomEvent } from "../../protocol/events.ts";
import { LIST_LIMIT } from "../../protocol/fields.ts";
import type { GoneReason } from "../../protocol/frames.ts";
import type { Message } from "../../protocol/messages.ts";
import { roomStream } from "../../protocol/streams.ts";
import { backoff } from "../connection/backoff.ts";
import type { Clock } from "../connection/clock.ts";
import type { LiveClient } from "../connection/live_client.ts";
import type { MembersStore } from "./members_store.ts";
import type { Outgoing } from "./outbox_storage.ts";
import type { PeopleStore } from "./people_store.ts";
import type { Reads } from "./reads.ts";
import { isPassing } from "../connection/refusal.ts";
import { createOpenings } from "./openings.ts";
import type { RoomsStore } from "./rooms_store.ts";
import type { SendQueue } from "./send_queue.ts";
import { createTimeline, type MessagesPage, type Timeline } from "./timeline.ts";
import type { TypingStore } from "./typing_store.ts";

/** Timelines kept to come back to, the one on screen among them. */
const KEPT_MAX = 10;
/** With more unread than this a room is opened afresh: its kept window would end far from the first of them. */
const CAUGHT_UP_MAX = 80;

export interface CurrentRoom {
  current: ReadonlySignal<Timeline | undefined>;
  /** My messages to it that its window does not show yet. */
  outgoing: ReadonlySignal<readonly Outgoing[]>;
  /** The room that I lost: I was removed, or it does not exist. */
  lost: ReadonlySignal<string | undefined>;
  /** Fetches what `open` will show of a room that the reader may open next. Nothing counts as read by it. */
  prepare(room: string): void;
  /** Shows a room; `page` is what came with the document. Throws `Refusal`. */
  open(room: string, page?: MessagesPage): Promise<void>;
  /** Throws `Refusal` when the outbox is full. */
  send(text: string): void;
  /** A send of mine, to whatever room, was acknowledged. */
  sent(message: Message): void;
  /** Whether the reader sees the end of the room; then new messages count as read. */
  setAttentive(is: boolean): void;
  markUnread(message: Message): Promise<void>;
  /** A message as the server has it now. */
  put(message: Message): void;
}

export interface CurrentRoomDeps {
  me: string;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  members: MembersStore;
  typing: TypingStore;
  reads: Reads;
  outbox: SendQueue;
  clock: Clock;
  random(): number;
}

export function createCurrentRoom(deps: CurrentRoomDeps): CurrentRoom {
  const { me, live, rooms, people, members, typing, reads, outbox, clock } = deps;
  const { call } = live;
  const current = signal<Timeline | undefined>(undefined);
  const lost = signal<string | undefined>(undefined);
  const kept = new Map<string, Timeline>();
  const openings = createOpenings({ list: (body) => call("messages.list", body), summary: rooms.summary, clock });
  let attentive = false;
  let wanted: string | undefined;
  /** The room that I marked unread: it stays so until I leave it or write in it. */
  let heldUnread: string | undefined;

  effect(() => people.need(current.value?.window.value.messages.map((it) => it.by) ?? []));

  function follow(timeline: Timeline) {
    const { room } = timeline;
    const reducers = reducersOf(room);
    live.follow(roomStream(room), timeline.offset(), {
      events: (events, to) =>
        batch(() => {
          const all = events.filter(isRoomEvent);
          const wasAllRead = timeline.readUpTo.peek() >= (rooms.summary(room)?.n ?? 0);
          timeline.apply(all, to);
          for (const event of all) reduce(reducers, event);
          markRead();
          // A message that is read as it comes was never new; a "New" line that is there stays where it is.
          if (wasAllRead && attentive && heldUnread !== room) timeline.setReadUpTo(rooms.mark(room));
        }),
      gone: (reason) => void gone(timeline, reason),
    });
  }

  const nothing = () => {};
  /** The timeline takes the messages itself. */
  const reducersOf = (room: string): Reducers<RoomEvent> => ({
    "messages.sent": ({ data }) => cameIn(room, data.message),
    "messages.edited": nothing,
    "messages.deleted": nothing,
    "messages.reacted": nothing,
    "rooms.updated": ({ data }) => rooms.update(data.room),
    "rooms.joined": ({ data }) => members.joined(room, data.user),
    "rooms.left": ({ data }) => members.left(room, data.user),
  });

  function cameIn(room: string, message: Message) {
    typing.sent(room, message.by);
    rooms.message(message);
    if (message.by !== me) return;
    outbox.settle(message.key);
    wrote(message);
  }

  /** My own message counts as read; the server marks it with the send. */
  function wrote({ room, n = 0 }: Message) {
    const timeline = kept.get(room);
    if (timeline && timeline.readUpTo.peek() === n - 1) timeline.setReadUpTo(n);
    if (n > rooms.mark(room)) rooms.setMark(room, n);
  }

  async function gone(timeline: Timeline, reason: GoneReason, tries = 0): Promise<void> {
    const { room } = timeline;
    kept.delete(room);
    if (reason === "epoch") {
      kept.clear(); // Their seqs may name other messages now.
      openings.clear();
      reads.forget(room);
      members.renew(room);
    }
    if (current.peek() !== timeline) return;
    if (reason === "removed" || reason === "not_found") return void (lost.value = room);
    try {
      timeline.reset(await call("messages.list", { room, limit: LIST_LIMIT }));
    } catch (error) {
      if (!isPassing(error)) return void (lost.value = room);
      return void clock.after(backoff(tries, deps.random), () => gone(timeline, reason, tries + 1));
    }
    if (current.peek() !== timeline) return;
    kept.set(room, timeline);
    if (reason === "epoch") timeline.setReadUpTo(Math.min(timeline.readUpTo.peek(), rooms.mark(room)));
    follow(timeline);
    markRead(); // These messages came without an event.
  }

  function sent(message: Message) {
    batch(() => {
      kept.get(message.room)?.acknowledge(message);
      rooms.message(message);
      // What came while it was on its way is read too: the server's mark is at this message.
      if (heldUnread !== message.room) kept.get(message.room)?.setReadUpTo(message.n ?? 0);
      wrote(message);
    });
  }

  function leave() {
    const old = current.peek();
    if (!old) return;
    reads.flush();
    live.unfollow(roomStream(old.room));
    typing.set(old.room, []);
  }

  function markRead() {
    const timeline = current.peek();
    if (!attentive || !timeline || timeline.room === heldUnread || timeline.window.peek().newer) return;
    const last = timeline.window.peek().messages.findLast((it) => it.n !== undefined);
    if (last) reads.seen(last);
  }

  return {
    current,
    lost,
    outgoing: computed(() => {
      const timeline = current.value;
      if (!timeline) return [];
      const mine = timeline.window.value.messages.filter((it) => it.by === me);
      const shown = new Set(mine.map((it) => it.key));
      return outbox.items.value.filter((it) => it.room === timeline.room && !shown.has(it.key));
    }),
    prepare(room) {
      const summary = rooms.summary(room);
      if (!summary || room === wanted || live.status.peek().state !== "live") return;
      if (!kept.has(room) || summary.unread > CAUGHT_UP_MAX) openings.prepare(room);
    },
    async open(room, page) {
      wanted = room;
      if (current.peek()?.room === room && lost.peek() !== room) return;
      if (!page && !rooms.summary(room)) rooms.visited((await call("rooms.get", { room })).line);
      const readUpTo = rooms.mark(room);
      if ((rooms.summary(room)?.unread ?? 0) > CAUGHT_UP_MAX) kept.delete(room);
      const timeline = kept.get(room) ??
        createTimeline({ room, call, readUpTo, page: page ?? await openings.take(room) });
      if (wanted !== room) return; // The reader went on meanwhile.
      timeline.setReadUpTo(readUpTo);
      leave();
      kept.delete(room); // It is put back as the latest.
      kept.set(room, timeline);
      const [oldest] = kept.keys();
      if (kept.size > KEPT_MAX && oldest) kept.delete(oldest);
      batch(() => {
        lost.value = undefined;
        heldUnread = undefined;
        attentive = false;
        current.value = timeline;
      });
      follow(timeline);
    },
    send(text) {
      const timeline = current.peek();
      if (!timeline) return;
      outbox.send(timeline.room, text);
      heldUnread = undefined;
      timeline.setReadUpTo(rooms.summary(timeline.room)?.n ?? 0); // A person who answers has read the room.
      typing.stopped();
      if (timeline.window.peek().newer) void timeline.loadNewest().catch(() => {});
    },
    sent,
    setAttentive(is) {
      attentive = is;
      markRead();
    },
    async markUnread(message) {
      const was = heldUnread;
      heldUnread = message.room;
      try {
        await reads.markUnread(message);
      } catch (error) {
        if (heldUnread === message.room) heldUnread = was;
        markRead();
        throw error;
      }
      kept.get(message.room)?.setReadUpTo(rooms.mark(message.room));
    },
    put: (message) => kept.get(message.room)?.acknowledge(message),
  };
}
