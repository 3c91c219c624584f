/** The whole chat of one person in one page: the live session, the stores that it feeds, and the room on screen. */
import { batch, computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import { isUserEvent, type UserEvent } from "../../protocol/events.ts";
import { type Entry, isNamedBy } from "../../protocol/feed.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import { NOW, userStream } from "../../protocol/streams.ts";
import type { User } from "../../protocol/users.ts";
import { createCurrentRoom, type CurrentRoom } from "./current_room.ts";
import { createLiveClient, type LiveClient, type LiveClientDeps } from "../connection/live_client.ts";
import { createMembersStore, type MembersStore } from "./members_store.ts";
import type { OutboxStorage } from "./outbox_storage.ts";
import { createPeopleStore, type PeopleStore } from "./people_store.ts";
import { createReads, type Reads } from "./reads.ts";
import { createRoomsStore, type RoomsStore } from "./rooms_store.ts";
import { createSendQueue, type SendQueue } from "./send_queue.ts";
import { createTypingStore, type TypingStore } from "./typing_store.ts";
import { createUnseen, type Unseen } from "./unseen.ts";

export interface ChatDeps extends LiveClientDeps {
  me: User;
  rooms: readonly RoomSummary[];
  /** How many of mine are not among them. */
  moreRooms?: number;
  users: readonly User[];
  /** What is new in my feed. */
  unseen: number;
  storage: OutboxStorage;
  newKey(): string;
}

export interface Chat extends Omit<CurrentRoom, "sent"> {
  /** As I am now: what I am called and may do can change. */
  readonly me: User;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  members: MembersStore;
  typing: TypingStore;
  reads: Reads;
  unseen: Unseen;
  outbox: SendQueue;
  /** The mention of me or direct message that came last. */
  calling: ReadonlySignal<Entry | undefined>;
  start(): void;
}

export function createChat(deps: ChatDeps): Chat {
  const { clock } = deps;
  const { id } = deps.me;
  const live = createLiveClient(deps);
  const { call } = live;
  const rooms = createRoomsStore({ ...deps, summaries: deps.rooms, more: deps.moreRooms, call });
  const people = createPeopleStore({ users: deps.users, call, clock });
  const members = createMembersStore({ call, people });
  const reads = createReads({ ...deps, call, rooms });
  const unseen = createUnseen({ first: deps.unseen, call, clock });
  const isLive = computed(() => live.status.value.state === "live");
  const typing = createTypingStore({ call, live: isLive, clock });
  const outbox = createSendQueue({ ...deps, call, live: isLive, sent: (message) => sent(message) });
  const { sent, ...currentRoom } = createCurrentRoom({
    me: id,
    live,
    rooms,
    people,
    members,
    typing,
    reads,
    outbox,
    clock,
    random: deps.random,
  });
  const calling = signal<Entry | undefined>(undefined);

  live.listen({
    welcome(frame) {
      people.put([frame.user]);
      rooms.welcomed();
    },
    digest: (frame) => rooms.digest(frame.rooms),
    presence: (frame) => people.setPresence(frame.users),
    typing: (frame) => typing.set(frame.room, frame.users),
  });
  effect(() => {
    if (!isLive.value) typing.clear();
  });

  function followMe() {
    let fresh = true;
    live.follow(userStream(id), NOW, {
      followed() {
        // The page's list may be older than this position; the one that is loaded now is not.
        if (fresh) void rooms.load().then(() => fresh = false, () => {});
        unseen.load();
      },
      events: (events) => batch(() => events.filter(isUserEvent).forEach(mine)),
      gone: followMe,
    });
  }

  function mine(event: UserEvent) {
    rooms.apply(event);
    unseen.apply(event);
    if (event.type === "inbox.mentioned" || event.type === "inbox.messaged") calling.value = event.data.entry;
    const last = calling.peek();
    if (event.type === "inbox.withdrawn" && last && isNamedBy(last, event.data)) calling.value = undefined;
  }

  return {
    get me() {
      return people.users.value.get(id) ?? deps.me;
    },
    live,
    rooms,
    people,
    members,
    typing,
    reads,
    unseen,
    outbox,
    calling,
    ...currentRoom,
    start() {
      live.start();
      followMe();
      void outbox.load();
    },
  };
}
