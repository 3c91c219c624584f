/** "While you were away", or "New for you": a summary of new entries, and two links. */
import type { CatchUp } from "./feed_catch_up.ts";
import { spanWords } from "./feed_catch_up.ts";
import { feedPath } from "./feed_data.ts";
import { SEEN_FORM } from "./feed_entry.tsx";
import type { FeedGroup } from "./feed_groups.ts";
import { RoomNews } from "./feed_room.tsx";
import { type FeedNames, iconOf, People, RoomName, Sentence } from "./feed_words.tsx";
import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";

const ROOMS_NAMED_MAX = 3;
/** Invitations and the like, that are named. */
const REST_MAX = 3;
/** A reader who saw the feed within this was not away. */
const AWAY_MIN_MS = 5 * 60_000;
/** `unseen` counts up to this. */
const COUNTED_MAX = 100;

export interface FeedSummaryProps {
  catchUp: CatchUp;
  names: FeedNames;
  /** How long ago I saw the feed, in ms; undefined if I never did. */
  away: number | undefined;
  unseen: number;
  /** Whether `catchUp` is of all that is new, not only of a page. */
  isWhole: boolean;
  /** The position of the newest entry. */
  newest: string;
  /** Whether it stands on the catch-up page, so that only marking is left to do. */
  isCatchingUp: boolean;
  onSeen?(offset: string): void;
}

export function FeedSummary(props: FeedSummaryProps) {
  const { catchUp, names, away, unseen, isWhole, newest, isCatchingUp, onSeen } = props;
  const { mentions, direct, replies, rooms, reacted, rest } = catchUp;
  // What the list behind the link has: what is new in the feed, and rooms that are unread. Of a direct conversation one
  // knows only with the whole feed whether an entry is about it.
  const listed = unseen + rooms.length + (isWhole ? direct.length : 0);
  return (
    <section class="sum" aria-labelledby="away">
      <h2 id="away">
        {away === undefined || away < AWAY_MIN_MS ? "New for you" : `While you were away, ${spanWords(away)}`}
      </h2>
      <ul>
        {mentions.length > 0 && (
          <li>
            <Icon name="at" />
            <span>
              <Several groups={mentions} names={names} many="mentions and messages" />
            </span>
          </li>
        )}
        {direct.slice(0, ROOMS_NAMED_MAX).map((summary) => (
          <li key={summary.room.id}>
            <Icon name="chat" />
            <span>
              <RoomNews summary={summary} names={names} />
            </span>
          </li>
        ))}
        {replies.length > 0 && (
          <li>
            <Icon name="reply" />
            <span>
              <Several groups={replies} names={names} many="replies to you" />
            </span>
          </li>
        )}
        {rooms.length > 0 && (
          <li>
            <Icon name="hash" />
            <span>
              {counted(rooms.reduce((sum, it) => sum + it.unread, 0), "new message")} in{" "}
              {rooms.slice(0, ROOMS_NAMED_MAX).map(({ room }, i) => (
                <>
                  {i > 0 && ", "}
                  <RoomName room={room.id} names={names} />
                </>
              ))}
              {rooms.length > ROOMS_NAMED_MAX && ` and ${counted(rooms.length - ROOMS_NAMED_MAX, "more room")}`}
            </span>
          </li>
        )}
        {reacted.length > 0 && (
          <li>
            <Icon name="smile" />
            <span>
              <Several groups={reacted} names={names} many="of your messages with reactions" isByItem />
            </span>
          </li>
        )}
        {rest.map((group) => (
          <li key={group.id}>
            <Icon name={iconOf(group.entries[0].kind)} />
            <span>
              <Sentence group={group} names={names} />
            </span>
          </li>
        )).slice(0, REST_MAX)}
        {rest.length > REST_MAX && (
          <li>
            <Icon name="dot" />
            <span>and {counted(rest.length - REST_MAX, "more item")}</span>
          </li>
        )}
      </ul>
      <div class="row wrap">
        {!isCatchingUp && (
          <a class="btn go" href={feedPath("catch-up")}>
            Catch up, {isWhole && unseen < COUNTED_MAX ? counted(listed, "item") : `${listed}+ items`}
          </a>
        )}
        <button
          class={isCatchingUp ? "btn" : "btn bare"}
          type="submit"
          form={SEEN_FORM}
          name="offset"
          value={newest}
          aria-keyshortcuts="Shift+Escape"
          onClick={(event) => {
            if (!onSeen) return;
            event.preventDefault();
            onSeen(newest);
          }}
        >
          Mark all as seen
        </button>
        <kbd class="scripted">Shift Esc</kbd>
      </div>
    </section>
  );
}

interface SeveralProps {
  groups: readonly FeedGroup[];
  names: FeedNames;
  many: string;
  /** Counts the groups, not their entries. */
  isByItem?: boolean;
}

/** A single one is shown whole; several are counted, with who they are from. */
function Several({ groups, names, many, isByItem = false }: SeveralProps) {
  const [one] = groups;
  if (!one) return null;
  if (groups.length === 1) return <Sentence group={one} names={names} />;
  const entries = groups.flatMap((group) => group.entries);
  return (
    <>
      {isByItem ? groups.length : entries.length} {many}, from <People entries={entries} users={names.users} />
    </>
  );
}
