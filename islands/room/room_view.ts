/** The state of the room page beside the chat: names, title, the pane, overlays, and navigation between rooms. */
import type { FunctionComponent } from "preact";
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { browserClock } from "../../lib/client/connection/clock.ts";
import type { Chat } from "../../lib/client/stores/chat.ts";
import type { Drafts } from "../../lib/client/stores/drafts.ts";
import type { Presence } from "../../lib/protocol/presence.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import { titled } from "../../lib/model/room_list.ts";
import { FIND_MEMBER_ID, type MemberParts } from "../../lib/ui/room/members_pane.tsx";
import { roomName, roomRef } from "../../lib/ui/shell/names.ts";
import type { PageData } from "../../lib/ui/room/page_data.ts";
import type { Overlay } from "../shared/chat_overlays.tsx";
import { createKnownPresence, createNotice, type Notice } from "../shared/connection_notice.ts";
import { keepCookie, keepLastRoom } from "../shared/cookies.ts";
import { closeDrawer } from "../shared/drawer.ts";
import { watchPeople } from "../shared/watch_people.ts";
import type { MessageActions } from "./messages/message_actions.ts";
import type { Navigation } from "./navigation.ts";
import { REST_MS } from "./near_room.ts";
import type { ComposerState } from "./use_composer.ts";
import type { MessageListState } from "./use_message_list.ts";

/** What the page fetches once it is live. */
export interface Deferred extends MessageActions {
  Overlays: FunctionComponent;
  /** The parts of the members pane. */
  members: MemberParts;
}

export interface RoomView {
  chat: Chat;
  drafts: Drafts;
  workspace: string;
  /** A permalink's seq, of the room that the page came with, until it is left. */
  landing(room: string): number | undefined;
  /** The reader went on to the end: the address is the room's again. */
  leavePermalink(): void;
  /** The page is as the server rendered it, and the reader may have scrolled it before it came to life. */
  hydrating: boolean;
  /** The zone that times are shown in: the server's until the page is hydrated, then the reader's. */
  zone: Signal<string>;
  /** Takes the reader's own zone, and has the server render in it from now on. */
  findZone(): void;
  /** The room on screen. */
  summary: ReadonlySignal<RoomSummary | undefined>;
  name: ReadonlySignal<string>;
  /** "#gauges", or the people's names. */
  ref: ReadonlySignal<string>;
  title: ReadonlySignal<string>;
  notice: ReadonlySignal<Notice | undefined>;
  /** Who is online, as far as one can know. */
  presence: ReadonlySignal<ReadonlyMap<string, Presence>>;
  isPaneOpen: ReadonlySignal<boolean>;
  togglePane(): void;
  /** Whom one looks for in it. */
  memberWord: Signal<string>;
  /** Opens the pane, with the focus where one looks for people. */
  showMembers(): void;
  /** The way to the end of the list on screen. */
  end: Signal<Pick<MessageListState, "isAway" | "newBelow" | "toEnd" | "page"> | undefined>;
  /** The field on screen, where I may write. */
  writer: Signal<Pick<ComposerState, "insert"> | undefined>;
  overlay: Signal<Overlay | undefined>;
  /** What one does with messages, and the overlays, once it was fetched. */
  deferred: ReadonlySignal<Deferred | undefined>;
  /** Fetches it, then does `run`. Never rejects: without a network the next try fetches it. */
  act(run?: (actions: Deferred) => void): Promise<void>;
  /** Shows what the connection does, or hides it. */
  inspect(): void;
  /** Says that something cannot be opened without a network. */
  unopened: Signal<string | undefined>;
  /** Says that this room will be shown as soon as there is a network. */
  waits(room: string): void;
  nameOf(room: string): string;
  /** The members that came with the page, where they are not all. */
  someMembers(room: string): { members: readonly string[]; isMore: boolean } | undefined;
  /** The present, to the day. */
  now: ReadonlySignal<number>;
  go(room: string): void;
  /** The reader points at what opens a room, or at none any more: its messages are fetched, in case they open it. */
  near(room: string | undefined, isPressed?: boolean): void;
  /** Another room is on screen now. */
  arrived(): void;
}

export interface RoomViewDeps {
  chat: Chat;
  data: PageData;
  navigation: Navigation;
  drafts: Drafts;
  /** Fetches what the page needs only once it is live. */
  loadDeferred(view: RoomView): Promise<Deferred>;
}

export function createRoomView({ chat, data, navigation, drafts, loadDeferred }: RoomViewDeps): RoomView {
  const { me, rooms, members, people } = chat;
  const zone = signal(data.zone);
  const deferred = signal<Deferred | undefined>(undefined);
  let fetching: Promise<Deferred> | undefined;
  const landing = signal(data.landing);
  const isPaneOpen = signal(data.pane);
  /** The last summary of the room: if I lose access to it, its page goes on with the room's own words. */
  let last: RoomSummary | undefined;
  const summary = computed(() => {
    const room = chat.current.value?.room;
    const found = rooms.summaries.value.find((it) => it.room.id === room);
    if (found) return last = found;
    return last?.room.id === room && last ? { ...last, joined: false, unread: 0, mentions: 0 } : undefined;
  });
  const called = (it: RoomSummary | undefined) =>
    it ? roomName(it.room, members.members.value.get(it.room.id) ?? [], people.users.value, me.id) : "";
  const name = computed(() => called(summary.value));
  const ref = computed(() => summary.value ? roomRef(summary.value.room, name.value) : "");

  const now = signal(Date.now());
  function onNewDay() {
    now.value = Date.now();
    browserClock.after(new Date(now.value).setHours(24, 0, 1, 0) - now.value, onNewDay); // just past midnight
  }
  onNewDay();

  effect(() => {
    if (chat.current.value) members.need(chat.current.value.room);
  });
  watchPeople(chat, () => isPaneOpen.value ? members.members.value.get(chat.current.value?.room ?? "") : undefined);

  let forget = () => {};
  const notice = createNotice(chat.live.status, browserClock);
  const view: RoomView = {
    chat,
    drafts,
    workspace: data.workspace.name,
    landing: (room) => room === data.room ? landing.value : undefined,
    leavePermalink() {
      if (landing.peek() === undefined) return;
      landing.value = undefined;
      history.replaceState(null, "", `/rooms/${encodeURIComponent(data.room)}${location.search}`);
    },
    hydrating: true,
    zone,
    findZone() {
      zone.value = Intl.DateTimeFormat().resolvedOptions().timeZone;
      keepCookie("zone", zone.value);
    },
    summary,
    name,
    ref,
    title: computed(() => titled(`${ref.value} · ${data.workspace.name}`, rooms.summaries.value)),
    notice,
    presence: createKnownPresence(people.presence, notice, me.id),
    isPaneOpen,
    togglePane() {
      isPaneOpen.value = !isPaneOpen.value;
      view.memberWord.value = "";
      history.replaceState(null, "", isPaneOpen.value ? "?pane=members" : location.pathname);
    },
    memberWord: signal(""),
    showMembers() {
      if (!isPaneOpen.peek()) view.togglePane();
      // First whatever opened the pane gives its focus back, and the pane is drawn.
      requestAnimationFrame(() => document.getElementById(FIND_MEMBER_ID)?.focus());
    },
    end: signal<RoomView["end"]["value"]>(undefined),
    writer: signal<RoomView["writer"]["value"]>(undefined),
    overlay: signal<Overlay | undefined>(undefined),
    deferred,
    act(run = () => {}) {
      fetching ??= loadDeferred(view).then((it) => deferred.value = it);
      return fetching.then(run, () => void (fetching = undefined));
    },
    inspect() {
      void view.act();
      view.overlay.value = view.overlay.peek() === "inspector" ? undefined : "inspector";
    },
    nameOf: (room) => called(rooms.summaries.value.find((it) => it.room.id === room)),
    someMembers: (room) =>
      room === data.room && data.someMembers
        ? { members: data.someMembers, isMore: data.moreMembers ?? false }
        : undefined,
    unopened: signal<string | undefined>(undefined),
    waits(room) {
      const it = rooms.summary(room);
      view.unopened.value = it ? roomRef(it.room, called(it)) : "";
      closeDrawer(); // The drawer would cover the words.
    },
    now,
    go: navigation.go,
    near(room, isPressed = false) {
      forget();
      if (room === undefined) return;
      if (isPressed) chat.prepare(room);
      else forget = browserClock.after(REST_MS, () => chat.prepare(room));
    },
    arrived() {
      landing.value = undefined; // Coming back to that room is another visit.
      view.unopened.value = undefined;
      keepLastRoom(chat.current.peek()?.room ?? "");
      closeDrawer();
      // On touch the keyboard would cover the messages.
      if (matchMedia("(hover: hover)").matches) document.getElementById("compose")?.focus();
    },
  };
  return view;
}
