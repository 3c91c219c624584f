/** "While you were away", or "New for you": a summary of new entries, and two links. */
import type { ComponentChildren } from "preact";
import type { CatchUp } from "./feed_catch_up.ts";
import { spanWords } from "./feed_catch_up.ts";
import { shownCount } from "./feed_bar.tsx";
import { feedPath } from "./feed_data.ts";
import { SEEN_FORM } from "./feed_entry.tsx";
import type { FeedGroup } from "./feed_groups.ts";
import { RoomNews } from "./feed_room.tsx";
import { type FeedNames, iconOf, People, RoomName, Sentence } from "./feed_words.tsx";
import { counted } from "../shell/format.ts";
import { Icon, type IconName } from "../shell/icon.tsx";

const ROOMS_NAMED_MAX = 3;
/** Invitations and the like, that are named. */
const REST_MAX = 3;
/** A reader who saw the feed within this was not away. */
const AWAY_MIN_MS = 5 * 60_000;

export interface FeedSummaryProps {
  catchUp: CatchUp;
  names: FeedNames;
  /** How long ago I saw the feed, in ms; undefined if I never did. */
  away: number | undefined;
  /** How many items are new: what the sidebar says, and what is listed behind the link beside the unread rooms. */
  unseen: number;
  /** The position of the newest entry. */
  newest: string;
  /** Whether it stands on the catch-up page, so that only marking is left to do. */
  isCatchingUp: boolean;
  onSeen?(offset: string): void;
}

export function FeedSummary(props: FeedSummaryProps) {
  const { catchUp, names, away, unseen, newest, isCatchingUp, onSeen } = props;
  const { mentions, direct, replies, rooms, reacted, rest } = catchUp;
  return (
    <section class="sum" aria-labelledby="away">
      <h2 id="away">
        {away === undefined || away < AWAY_MIN_MS ? "New for you" : `While you were away, ${spanWords(away)}`}
      </h2>
      <ul>
        {mentions.length > 0 && (
          <Line icon="at">
            <Several groups={mentions} names={names} words={(count) => `${count} mentions and direct messages`} />
          </Line>
        )}
        {direct.slice(0, ROOMS_NAMED_MAX).map((summary) => (
          <Line key={summary.room.id} icon="chat">
            <RoomNews summary={summary} names={names} />
          </Line>
        ))}
        {replies.length > 0 && (
          <Line icon="reply">
            <Several groups={replies} names={names} words={(count) => `${count} replies to you`} />
          </Line>
        )}
        {rooms.length > 0 && (
          <Line icon="hash">
            {counted(rooms.reduce((sum, it) => sum + it.unread, 0), "unread message")} in{" "}
            {rooms.slice(0, ROOMS_NAMED_MAX).map(({ room }, i) => (
              <>
                {i > 0 && ", "}
                <RoomName room={room.id} names={names} />
              </>
            ))}
            {rooms.length > ROOMS_NAMED_MAX && ` and ${counted(rooms.length - ROOMS_NAMED_MAX, "more room")}`}
          </Line>
        )}
        {reacted.length > 0 && (
          <Line icon="smile">
            <Several groups={reacted} names={names} words={() => `Reactions to ${reacted.length} of your messages`} />
          </Line>
        )}
        {rest.map((group) => (
          <Line key={group.id} icon={iconOf(group.entries[0].kind)}>
            <Sentence group={group} names={names} />
          </Line>
        )).slice(0, REST_MAX)}
        {rest.length > REST_MAX && <Line icon="dot">and {rest.length - REST_MAX} more</Line>}
      </ul>
      <div class="row wrap">
        {!isCatchingUp && <a class="btn go" href={feedPath("catch-up")}>Catch up, {shownCount(unseen)} new</a>}
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

function Line({ icon, children }: { icon: IconName; children: ComponentChildren }) {
  return (
    <li>
      <Icon name={icon} />
      <span>{children}</span>
    </li>
  );
}

interface SeveralProps {
  groups: readonly FeedGroup[];
  names: FeedNames;
  /** What they are, by the number of their entries. */
  words(count: number): string;
}

/** A single one is shown whole; several are counted, with who they are from. */
function Several({ groups, names, words }: SeveralProps) {
  const [one] = groups;
  if (!one) return null;
  if (groups.length === 1) return <Sentence group={one} names={names} />;
  const entries = groups.flatMap((group) => group.entries);
  return (
    <>
      {words(entries.length)}, from <People entries={entries} users={names.users} />
    </>
  );
}
