/** The whole chat of one person in one page: the live session, the stores that it feeds, and the room on screen. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Input } from "../protocol/commands.ts";
import { type Event, isKnownEvent, type KnownEvent } from "../protocol/events.ts";
import type { Entry } from "../protocol/feed.ts";
import { LIST_LIMIT } from "../protocol/fields.ts";
import type { GoneReason } from "../protocol/frames.ts";
import type { Message } from "../protocol/messages.ts";
import { openingPage } from "../protocol/opening_page.ts";
import type { RoomLine } from "../protocol/rooms.ts";
import { NOW, roomStream, userStream } from "../protocol/streams.ts";
import type { User } from "../protocol/users.ts";
import { backoff } from "./backoff.ts";
import { createLiveClient, type LiveClient, type LiveClientDeps } from "./live_client.ts";
import { createMembersStore, type MembersStore } from "./members_store.ts";
import type { OutboxStorage, Outgoing } from "./outbox_storage.ts";
import { createPeopleStore, type PeopleStore } from "./people_store.ts";
import { createReads, type Reads } from "./reads.ts";
import { isPassing } from "./refusal.ts";
import { createRoomsStore, type RoomsStore } from "./rooms_store.ts";
import { createSendQueue, type SendQueue } from "./send_queue.ts";
import { createTimeline, type MessagesPage, type Timeline } from "./timeline.ts";
import { createTypingStore, type TypingStore } from "./typing_store.ts";
import { createUnseen, type Unseen } from "./unseen.ts";

/** Timelines kept to come back to, the one on screen among them. */
const KEPT_MAX = 10;
/** With more unread than this a room is opened afresh: its kept window would end far from the first of them. */
const CAUGHT_UP_MAX = 80;

export interface ChatDeps extends LiveClientDeps {
  me: User;
  rooms: readonly RoomLine[];
  users: readonly User[];
  /** What is new in my feed. */
  unseen: number;
  storage: OutboxStorage;
  newKey(): string;
}

export interface Chat {
  me: User;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  members: MembersStore;
  typing: TypingStore;
  reads: Reads;
  unseen: Unseen;
  outbox: SendQueue;
  current: ReadonlySignal<Timeline | undefined>;
  /** My messages to the room on screen that its window does not show yet. */
  outgoing: ReadonlySignal<readonly Outgoing[]>;
  /** The mention of me or direct message that came last. */
  calling: ReadonlySignal<Entry | undefined>;
  /** The room on screen ended for me: I was removed, or it is not there. */
  lost: ReadonlySignal<string | undefined>;
  start(): void;
  /** Shows a room; `page` is what came with the document. Throws `Refusal`. */
  open(room: string, page?: MessagesPage): Promise<void>;
  /** Throws `Refusal` when the outbox is full. */
  send(text: string): void;
  /** Whether the reader sees the end of the room: what comes then is read. */
  setAttentive(is: boolean): void;
  markUnread(message: Message): Promise<void>;
  /** A message as the server has it now. */
  put(message: Message): void;
}

export function createChat(deps: ChatDeps): Chat {
  const { me, clock } = deps;
  const live = createLiveClient(deps);
  const { call } = live;
  const rooms = createRoomsStore({ lines: deps.rooms, call });
  const people = createPeopleStore({ users: deps.users, call, clock });
  const members = createMembersStore({ call, people });
  const reads = createReads({ call, clock, rooms });
  const unseen = createUnseen({ first: deps.unseen, call, clock });
  const isLive = computed(() => live.status.value.state === "live");
  const typing = createTypingStore({ call, live: isLive, clock });
  const outbox = createSendQueue({ ...deps, call, live: isLive, sent });
  const current = signal<Timeline | undefined>(undefined);
  const lost = signal<string | undefined>(undefined);
  const calling = signal<Entry | undefined>(undefined);
  const kept = new Map<string, Timeline>();
  let attentive = false;
  let wanted: string | undefined;
  /** The room that I marked unread: it stays so until I leave it or write in it. */
  let heldUnread: string | undefined;

  live.listen({
    welcome: (frame) => people.put([frame.user]),
    digest: (frame) => rooms.digest(frame.rooms),
    presence: (frame) => people.setPresence(frame.users),
    typing: (frame) => typing.set(frame.room, frame.users),
  });
  effect(() => {
    if (!isLive.value) typing.clear();
  });
  effect(() => people.need(current.value?.window.value.messages.map((it) => it.by) ?? []));

  function followMe() {
    let fresh = true;
    live.follow(userStream(me.id), NOW, {
      followed() {
        // The document's list may be older than this position; the one read now is not.
        if (fresh) void rooms.load().then(() => fresh = false, () => {});
        unseen.load();
      },
      events: (events) => batch(() => known(events).forEach(mine)),
      gone: followMe,
    });
  }

  function mine(event: KnownEvent) {
    rooms.apply(event);
    unseen.apply(event);
    if (event.type === "inbox.mentioned" || event.type === "inbox.messaged") calling.value = event.data.entry;
  }

  function follow(timeline: Timeline) {
    const { room } = timeline;
    live.follow(roomStream(room), timeline.offset(), {
      events: (events, to) =>
        batch(() => {
          const all = known(events);
          const wasAllRead = timeline.readUpTo.peek() >= (rooms.line(room)?.n ?? 0);
          timeline.apply(all, to);
          for (const event of all) happened(room, event);
          look();
          // What is read as it comes was never new; a "New" line that is there stays where it is.
          if (wasAllRead && attentive && heldUnread !== room) timeline.setReadUpTo(rooms.mark(room));
        }),
      gone: (reason) => void gone(timeline, reason),
    });
  }

  function happened(room: string, event: KnownEvent) {
    members.apply(room, event);
    if (event.type === "rooms.updated") rooms.apply(event);
    if (event.type !== "messages.sent") return;
    const { message } = event.data;
    typing.sent(room, message.by);
    rooms.message(message);
    if (message.by !== me.id) return;
    outbox.settle(message.key);
    wrote(message);
  }

  /** What I wrote I have read, as the server marks it by the send. */
  function wrote({ room, n = 0 }: Message) {
    const timeline = kept.get(room);
    if (timeline && timeline.readUpTo.peek() === n - 1) timeline.setReadUpTo(n);
    if (n > rooms.mark(room)) rooms.setMark(room, n);
  }

  async function gone(timeline: Timeline, reason: GoneReason, tries = 0): Promise<void> {
    const { room } = timeline;
    kept.delete(room);
    if (reason === "epoch") kept.clear(); // Their seqs may name other messages now.
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
    follow(timeline);
  }

  function sent(message: Message) {
    batch(() => {
      kept.get(message.room)?.acknowledge(message);
      rooms.message(message);
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

  function look() {
    const timeline = current.peek();
    if (!attentive || !timeline || timeline.room === heldUnread || timeline.window.peek().newer) return;
    const last = timeline.window.peek().messages.findLast((it) => it.n !== undefined);
    if (last) reads.seen(last);
  }

  return {
    me,
    live,
    rooms,
    people,
    members,
    typing,
    reads,
    unseen,
    outbox,
    current,
    lost,
    calling,
    outgoing: computed(() => {
      const timeline = current.value;
      if (!timeline) return [];
      const mine = timeline.window.value.messages.filter((it) => it.by === me.id);
      const shown = new Set(mine.map((it) => it.key));
      return outbox.items.value.filter((it) => it.room === timeline.room && !shown.has(it.key));
    }),
    start() {
      live.start();
      followMe();
      void outbox.load();
    },
    async open(room, page) {
      wanted = room;
      if (current.peek()?.room === room) return;
      const readUpTo = rooms.mark(room);
      const { n = 0, unread = 0 } = rooms.line(room) ?? {};
      if (unread > CAUGHT_UP_MAX) kept.delete(room);
      const list = (body: Input<"messages.list">) => call("messages.list", body);
      const timeline = kept.get(room) ??
        createTimeline({
          room,
          me: me.id,
          call,
          readUpTo,
          page: page ?? await openingPage(list, room, { n, unread }),
        });
      if (wanted !== room) return; // The reader went on meanwhile.
      timeline.setReadUpTo(readUpTo);
      leave();
      kept.delete(room); // Put back as the latest.
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
      timeline.setReadUpTo(rooms.line(timeline.room)?.n ?? 0); // Who answers has read.
      typing.stopped();
      if (timeline.window.peek().newer) void timeline.loadNewest().catch(() => {});
    },
    setAttentive(is) {
      attentive = is;
      look();
    },
    async markUnread(message) {
      heldUnread = message.room;
      await reads.markUnread(message);
      kept.get(message.room)?.setReadUpTo(rooms.mark(message.room));
    },
    put: (message) => kept.get(message.room)?.acknowledge(message),
  };
}

function known(events: Event[]): KnownEvent[] {
  return events.filter(isKnownEvent);
}
