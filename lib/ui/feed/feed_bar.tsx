/** The feed's header: its tabs, and its connection. */
import type { RoomSummary } from "../../protocol/rooms.ts";
import type { ConnectionState } from "../shell/connection.tsx";
import { FeedConnection } from "./feed_connection.tsx";
import { feedPath, type FeedTab } from "./feed_data.ts";
import { counted } from "../shell/format.ts";
import { InParts } from "../shell/in_parts.tsx";
import { Icon } from "../shell/icon.tsx";
import { isCalling } from "../../model/room_list.ts";
import { SidebarOpener } from "../shell/sidebar_buttons.tsx";

const ROOM_TABS = 2;
const SHOWN_MAX = 99;

export interface FeedBarProps {
  tab: FeedTab;
  /** The room of the tab "room". */
  room: string | undefined;
  summaries: readonly RoomSummary[];
  unseen: number;
  connection: ConnectionState;
  /** The inspector is open. */
  isInspecting?: boolean;
  /** Shows the inspector. */
  onInspect?(): void;
  /** How many days the scrubber spans. */
  days: number;
  onDays?(days: number): void;
  /** Single letters are keys. */
  hasSingleKeys: boolean;
  onSingleKeys?(are: boolean): void;
}

/** A count of new items as the sidebar writes it: "4", "99+". */
export const shownCount = (count: number) => count > SHOWN_MAX ? `${SHOWN_MAX}+` : `${count}`;

/** Days that the scrubber can span. */
export const SPANS = [1, 7, 30];

export function FeedBar(props: FeedBarProps) {
  const { tab, room, summaries, unseen, connection } = props;
  const rooms = roomsOf(summaries, room);
  return (
    <header class="bar">
      <SidebarOpener unread={summaries.filter(isCalling).length} />
      <h1>Feed</h1>
      <nav class="tabs grow" aria-label="Feed">
        <div>
          <a href={feedPath("you")} aria-current={tab === "you" || tab === "catch-up" ? "page" : undefined}>
            For you
            {unseen > 0 && (
              <span class="num">
                {shownCount(unseen)}
                <span class="vh">new</span>
              </span>
            )}
          </a>
          <a href={feedPath("everything")} aria-current={tab === "everything" ? "page" : undefined}>Everything</a>
          {rooms.slice(0, ROOM_TABS).map((summary) => (
            <RoomTab key={summary.room.id} summary={summary} isCurrent={summary.room.id === room} />
          ))}
        </div>
        {rooms.length > 0 && (
          <button class="ib" type="button" popovertarget="feed-rooms" aria-label="Rooms">
            <Icon name="chev" small />
          </button>
        )}
      </nav>
      <div class="pop at-bar" id="feed-rooms" popover="auto">
        <InParts of={rooms}>
          {({ room: { id, name, visibility } }) => (
            <a key={id} class="opt" href={feedPath("room", id)} aria-current={id === room ? "page" : undefined}>
              <Icon name={visibility === "private" ? "lock" : "hash"} />
              <span class="grow cut">{name}</span>
              {id === room && <Icon name="check" small />}
            </a>
          )}
        </InParts>
      </div>
      <FeedConnection connection={connection} isOpen={props.isInspecting} onOpen={props.onInspect} />
      <button class="ib scripted" type="button" popovertarget="feed-options" aria-label="Feed options">
        <Icon name="sliders" />
      </button>
      <Options {...props} />
    </header>
  );
}

function RoomTab({ summary: { room }, isCurrent }: { summary: RoomSummary; isCurrent: boolean }) {
  return (
    <a href={feedPath("room", room.id)} aria-current={isCurrent ? "page" : undefined}>
      <Icon name={room.visibility === "private" ? "lock" : "hash"} small />
      <span class="cut">{room.name}</span>
    </a>
  );
}

function Options({ days, onDays, hasSingleKeys, onSingleKeys }: FeedBarProps) {
  return (
    <div class="pop at-options" id="feed-options" popover="auto">
      <fieldset class="levels">
        <legend class="opt-h">Time range</legend>
        {SPANS.map((span) => (
          <label key={span} class="opt">
            <input type="radio" name="days" value={span} checked={span === days} onChange={() => onDays?.(span)} />
            <span class="grow">{span === 1 ? "24 hours" : counted(span, "day")}</span>
            {span === days && <Icon name="check" small />}
          </label>
        ))}
      </fieldset>
      <div class="by-keys">
        <hr />
        <label class="opt check">
          <input
            type="checkbox"
            checked={hasSingleKeys}
            onChange={(event) => onSingleKeys?.(event.currentTarget.checked)}
          />
          <span class="grow">
            Single-key shortcuts
            <small>j next, k previous, e mark seen</small>
          </span>
        </label>
      </div>
    </div>
  );
}

/** My rooms, the last used first; the one on screen stands before them all. */
function roomsOf(summaries: readonly RoomSummary[], shown: string | undefined): RoomSummary[] {
  const mine = summaries.filter(({ room, joined, level }) =>
    room.id === shown || (joined && room.visibility !== "direct" && level !== "hidden" && room.archivedAt === undefined)
  );
  const rank = ({ room }: RoomSummary) => room.id === shown ? 0 : 1;
  return mine.sort((a, b) => rank(a) - rank(b) || b.lastAt - a.lastAt);
}
