/** The state of the feed's page: its lists, held-back entries, the replay, and the people and rooms that it names. */
import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createFeedParts, type FeedParts } from "../../lib/client/stores/feed_parts.ts";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import { createMembersStore, type MembersStore } from "../../lib/client/stores/members_store.ts";
import { createPeopleStore, type PeopleStore } from "../../lib/client/stores/people_store.ts";
import { createRoomsStore, type RoomsStore } from "../../lib/client/stores/rooms_store.ts";
import { createUnseen, type Unseen } from "../../lib/client/stores/unseen.ts";
import { errorWords } from "../../lib/model/problem_words.ts";
import type { FeedView as List } from "../../lib/protocol/feed.ts";
import type { Presence } from "../../lib/protocol/presence.ts";
import { type FeedData, feedTitle, hasScrub, shownItems, watchedOf } from "../../lib/ui/feed/feed_data.ts";
import { createKnownPresence, createNotice, type Notice } from "../shared/connection_notice.ts";
import { keepLastRoom } from "../shared/cookies.ts";
import { followFeed } from "./feed_following.ts";
import { createReplay, type Replay } from "./feed_replay.ts";
import { createFeedShown, type FeedShown } from "./feed_shown.ts";

const DAY_MS = 86_400_000;
const MINUTE_MS = 60_000;

export interface FeedView {
  data: FeedData;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  members: MembersStore;
  feed: FeedParts;
  unseen: Unseen;
  shown: FeedShown;
  replay: Replay;
  notice: ReadonlySignal<Notice | undefined>;
  /** Who is online, as far as one can know. */
  presence: ReadonlySignal<ReadonlyMap<string, Presence>>;
  title: ReadonlySignal<string>;
  zone: Signal<string>;
  now: Signal<number>;
  /** What just came, in words. */
  said: ReadonlySignal<string>;
  /** The present, to the minute. */
  minute: ReadonlySignal<number>;
  /** The people whose presence is shown. */
  watched: readonly string[];
  /** How many days the scrubber spans. */
  days: ReadonlySignal<number>;
  /** Whether enough happened in them for a scrubber. Decided per page and per span, so that it does not come and go. */
  hasScrub: ReadonlySignal<boolean>;
  /** The chosen start of the replay. */
  from: Signal<number | undefined>;
  /** The last refusal, in words. */
  problem: Signal<string | undefined>;
  start(): void;
  /** Plays once more what happened since `at`. */
  play(at: number): Promise<void>;
  span(days: number): void;
  /** Moves the marker of the list on screen. */
  markSeen(offset: string): Promise<void>;
}

export interface FeedViewDeps {
  data: FeedData;
  live: LiveClient;
  /** Whether someone reads, so that new entries would move the text. */
  isReading(): boolean;
}

export function createFeedView({ data, live, isReading }: FeedViewDeps): FeedView {
  const { me } = data;
  const deps = { call: live.call, clock: browserClock, random: Math.random };
  const rooms = createRoomsStore({ summaries: data.rooms, more: data.moreRooms, ...deps });
  const people = createPeopleStore({ users: data.users, ...deps });
  const members = createMembersStore({ ...deps, people });
  for (const [room, ids] of Object.entries(data.members)) members.put(room, ids);
  const feed = createFeedParts({ parts: data.parts, room: data.room, ...deps });
  const unseen = createUnseen({ first: data.unseen, ...deps });
  const notice = createNotice(live.status, browserClock);
  const replay = createReplay(browserClock);
  const isOlder = data.parts.some((part) => part.before !== undefined);
  const shown = createFeedShown({ feed, isReading: () => replay.run.peek() !== undefined || isReading() });
  const list: List = data.tab === "everything" ? "everything" : "you";
  const days = signal(1);
  const isScrubThere = signal(hasScrub(data.parts, data.now - DAY_MS));
  const now = signal(data.now);
  const minute = signal(data.now);
  const watched = watchedOf(data);
  const problem = signal<string | undefined>(undefined);

  effect(() => people.need([...watched, ...shown.items.value.map((it) => it.by)]));
  effect(() => rooms.find(shown.items.value.flatMap(({ room }) => room ?? [])));
  effect(() => {
    for (const { room } of rooms.summaries.value) if (room.visibility === "direct") members.need(room.id);
  });
  const said = signal("");
  let newest = shown.items.peek()[0];
  effect(() => {
    const [first] = shown.items.value;
    // Only then: headings that change while older entries load would move the text.
    if (first && first.offset !== newest?.offset) {
      now.value = Math.max(Date.now(), first.at);
      said.value = first.title;
    }
    newest = first;
  });

  function tick() {
    minute.value = Date.now();
    browserClock.after(MINUTE_MS, tick);
  }

  /** Loads as much of the span as can be read, for the histogram. */
  const fill = () => feed.back(Date.now() - days.peek() * DAY_MS).catch(() => {});

  return {
    data,
    live,
    rooms,
    people,
    members,
    feed,
    unseen,
    shown,
    replay,
    notice,
    presence: createKnownPresence(people.presence, notice, me.id),
    title: computed(() => {
      const count = unseen.count.value; // as the list says beside "Feed"
      const title = feedTitle(data.tab, rooms.summaries.value.find((summary) => summary.room.id === data.room));
      return `${count > 0 ? `(${count}) ` : ""}${title} · ${data.workspace.name}`;
    }),
    zone: signal(data.zone),
    now,
    said,
    minute,
    watched,
    days,
    hasScrub: isScrubThere,
    from: signal<number | undefined>(undefined),
    problem,
    start() {
      keepLastRoom("feed");
      live.start();
      tick();
      followFeed({ me: me.id, live, rooms, people, feed, unseen });
      if (!isOlder) void fill();
    },
    async play(at) {
      await feed.back(at).catch(() => {}); // The loaded entries are played.
      replay.play(at, shownItems(feed.parts.peek()).filter((it) => it.at >= at));
    },
    span(wanted) {
      days.value = wanted;
      void fill().then(() => isScrubThere.value = hasScrub(feed.parts.peek(), Date.now() - wanted * DAY_MS));
    },
    async markSeen(offset) {
      problem.value = undefined;
      try {
        await feed.markSeen(list, offset);
      } catch (error) {
        problem.value = errorWords(error);
      }
    },
  };
}
