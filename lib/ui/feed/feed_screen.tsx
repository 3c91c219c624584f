/** The whole of the feed's page, made from its state: the same on the server and in the browser. */
import type { ComponentChildren, RefObject } from "preact";
import type { Presence } from "../../protocol/presence.ts";
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { User } from "../../protocol/users.ts";
import type { ConnectionState } from "../shell/connection.tsx";
import { FeedBar } from "./feed_bar.tsx";
import { toCatchUp } from "./feed_catch_up.ts";
import { catchUpSections } from "./feed_sections.ts";
import { type FeedItem, type FeedPart, feedPath, type FeedTab, firstSince, isMarked, isSeen } from "./feed_data.ts";
import { toSections } from "./feed_groups.ts";
import { FeedEmpty, FeedList } from "./feed_list.tsx";
import { FeedLayout } from "./feed_layout.tsx";
import { FeedNow } from "./feed_now.tsx";
import { FeedScrub } from "./feed_scrub.tsx";
import { FeedSummary } from "./feed_summary.tsx";
import type { FeedNames } from "./feed_words.tsx";
import type { Users } from "../shell/names.ts";
import { Sidebar, type SidebarAction } from "../shell/sidebar.tsx";

const DAY_MS = 86_400_000;

export interface FeedState {
  me: User;
  workspace: string;
  tab: FeedTab;
  room: string | undefined;
  summaries: readonly RoomSummary[];
  moreRooms: number;
  users: Users;
  members: ReadonlyMap<string, readonly string[]>;
  presence: ReadonlyMap<string, Presence>;
  connection: ConnectionState;
  parts: readonly FeedPart[];
  /** The entries to show, the newest first. */
  items: readonly FeedItem[];
  unseen: number;
  now: number;
  /** The present, to the minute. */
  minute: number;
  /** The people whose presence is shown. */
  watched: readonly string[];
  zone: string;
  /** The address of older entries. */
  older: string | undefined;
  isBusy?: boolean;
  scrub: { days: number; start: number | undefined; isPlaying: boolean; isReplay: boolean; isThere: boolean };
  hasSingleKeys: boolean;
  /** The inspector is open. */
  isInspecting?: boolean;
}

/** The browser's handlers; without them links and forms do the same. */
export interface FeedHandlers {
  scroller: RefObject<HTMLDivElement | null>;
  seen(offset: string): void;
  older(event: MouseEvent): void;
  action(action: SidebarAction, event: MouseEvent): void;
  /** Shows the inspector, or hides it. */
  inspect(): void;
  start(at: number): void;
  play(): void;
  days(days: number): void;
  singleKeys(are: boolean): void;
}

export interface FeedScreenProps {
  state: FeedState;
  on?: FeedHandlers;
  banner?: ComponentChildren;
  pill?: ComponentChildren;
  children?: ComponentChildren;
}

export function FeedScreen({ state, on, banner, pill, children }: FeedScreenProps) {
  const { me, tab, room, summaries, users, members, parts, items, unseen, now, zone, scrub } = state;
  const names: FeedNames = {
    users,
    members,
    summaries: new Map(summaries.map((summary) => [summary.room.id, summary])),
    me: me.id,
    workspace: state.workspace,
  };
  const isNew = (item: FeedItem) => item.by !== me.id && !isSeen(item, parts, names.summaries);
  const isMine = tab === "you" || tab === "catch-up";
  const mine = parts.find((part) => part.view === (tab === "everything" ? "everything" : "you"));
  const seenAt = mine?.entries.find((it) => mine.seen !== undefined && it.offset <= mine.seen)?.at;
  const catchUp = toCatchUp(isMine ? items.filter(isNew) : [], summaries, now, zone);
  const newest = items.find((it) => it.view === mine?.view);
  const isNewest = parts.every((part) => part.before === undefined);
  const hasNews = isMine && isNewest && unseen > 0 && newest !== undefined && !scrub.isReplay;
  const to = Math.max(now, items[0]?.at ?? 0);
  const from = to - scrub.days * DAY_MS;
  return (
    <FeedLayout
      view={tab === "everything" ? "everything" : "you"}
      scroller={on?.scroller}
      side={
        <Sidebar
          workspace={state.workspace}
          me={users.get(me.id) ?? me}
          summaries={summaries}
          moreRooms={state.moreRooms}
          current={undefined}
          isFeed
          unseen={unseen}
          users={users}
          members={members}
          presence={state.presence}
          connection={{ ...state.connection, because: undefined }}
          isInspecting={state.isInspecting}
          onInspect={on?.inspect}
          onAction={on?.action}
        />
      }
      bar={
        <FeedBar
          tab={tab}
          room={room}
          summaries={summaries}
          unseen={unseen}
          connection={state.connection}
          isInspecting={state.isInspecting}
          onInspect={on?.inspect}
          days={scrub.days}
          onDays={on?.days}
          hasSingleKeys={state.hasSingleKeys}
          onSingleKeys={on?.singleKeys}
        />
      }
      banner={banner}
      scrub={scrub.isThere && (
        <FeedScrub
          items={parts.flatMap((part) => part.entries)}
          from={from}
          to={to}
          start={scrub.start ?? seenAt ?? firstSince(parts, from)}
          seenAt={seenAt}
          zone={zone}
          isPlaying={scrub.isPlaying}
          onStart={on?.start}
          onPlay={on?.play}
        />
      )}
      pill={pill}
      pane={
        <FeedNow
          summaries={summaries}
          people={state.watched}
          users={users}
          presence={state.presence}
          now={state.minute}
        />
      }
      summary={hasNews && (
        <FeedSummary
          catchUp={catchUp}
          names={names}
          away={seenAt === undefined ? undefined : now - seenAt}
          unseen={unseen}
          newest={newest.offset}
          isCatchingUp={tab === "catch-up"}
          onSeen={on?.seen}
        />
      )}
      list={
        <FeedList
          sections={tab === "catch-up" && !scrub.isReplay
            ? catchUpSections(catchUp)
            : toSections(items, { isNew, isMarked: (item) => isMarked(item, parts), now, zone })}
          names={names}
          zone={zone}
          now={now}
          seenAt={seenAt}
          isMarkable={(tab === "you" || tab === "everything") && !scrub.isReplay}
          older={tab === "catch-up" || scrub.isReplay ? undefined : state.older}
          isBusy={state.isBusy}
          empty={<Nothing state={state} />}
          onSeen={on?.seen}
          onOlder={on?.older}
        />
      }
    >
      {children}
    </FeedLayout>
  );
}

function Nothing({ state: { tab, scrub } }: { state: FeedState }) {
  if (scrub.isReplay) {
    return <FeedEmpty title="Replay" detail="Activity in this time range shows here, oldest first." />;
  }
  switch (tab) {
    case "you":
      return (
        <FeedEmpty
          title="Nothing for you yet"
          detail="Mentions, replies, reactions and direct messages show here."
        >
          <a class="btn" href={feedPath("everything")}>See everything</a>
        </FeedEmpty>
      );
    case "catch-up":
      return (
        <FeedEmpty title="You're caught up" detail="Nothing new for you.">
          <a class="btn" href={feedPath("you")}>Back to the feed</a>
        </FeedEmpty>
      );
    case "room":
      return <FeedEmpty title="Nothing from this room" detail="Activity in this room shows here." />;
    case "everything":
      return <FeedEmpty title="Nothing happened yet" detail="New rooms, people and messages show here." />;
  }
}
