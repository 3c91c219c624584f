/** One article of the feed: what happened and when, the message's text, and the possible actions. */
import { clockTime, dayOf, dayTime, fullTime, isoTime } from "../shell/format.ts";
import type { FeedGroup } from "./feed_groups.ts";
import { emojiCounts, type FeedNames, iconOf, Sentence } from "./feed_words.tsx";
import { Icon } from "../shell/icon.tsx";
import { Wave } from "../shell/wave.tsx";

/** Names the form whose buttons stand in the articles. */
export const SEEN_FORM = "feed-seen";
/** Entries about messages that can be answered in their room. */
const answerable = new Set(["mentioned", "replied", "messaged", "started"]);

export interface FeedEntryProps {
  group: FeedGroup;
  names: FeedNames;
  zone: string;
  /** Beside the entry stands only the time of day if it was on this day. */
  now: number;
  /** Its place among all articles, from 1. */
  place: number;
  /** How many articles there are, or -1 while older ones are not loaded. */
  count: number;
  /** Entries up to here were seen. */
  seenAt: number | undefined;
  /** Whether it can be marked from here. */
  isMarkable: boolean;
  onSeen?(offset: string): void;
}

export function FeedEntry({ group, names, zone, now, place, count, seenAt, isMarkable, onSeen }: FeedEntryProps) {
  const [entry] = group.entries;
  const { id } = group;
  const reactions = emojiCounts(group.entries);
  const isToday = dayOf(entry.at, zone) === dayOf(now, zone);
  const time = (
    <time dateTime={isoTime(entry.at)}>{isToday ? clockTime(entry.at, zone) : fullTime(entry.at, zone)}</time>
  );
  return (
    <article
      class={group.isNew ? "ev un" : "ev"}
      id={id}
      data-url={entry.url}
      data-offset={isMarkable ? entry.offset : undefined}
      tabIndex={0}
      aria-posinset={place}
      aria-setsize={count}
      aria-labelledby={`t-${id}`}
    >
      {group.isSeenFrom && (
        <div class="new-line">
          <Wave mood="still" />
          <span>Seen up to {dayTime(seenAt ?? entry.at, zone, now)}</span>
        </div>
      )}
      <span class="node">
        <Icon name={iconOf(entry.kind)} />
      </span>
      <p id={`t-${id}`}>
        {group.isNew && <span class="vh">New:</span>}
        <Sentence group={group} names={names} />
      </p>
      {entry.url
        ? <a class="when" href={entry.url} aria-label={`Open, ${fullTime(entry.at, zone)}`}>{time}</a>
        : <span class="when">{time}</span>}
      {entry.text && <p class="quote" dir="auto">{entry.text}</p>}
      {reactions.length > 0 && (
        <p class="reacts">
          {reactions.map(([emoji, times]) => (
            <span key={emoji}>
              {emoji} <span class="num">{times}</span>
            </span>
          ))}
        </p>
      )}
      <Actions
        group={group}
        me={names.me}
        isMarkable={isMarkable && (place === 1 || answerable.has(entry.kind))}
        onSeen={onSeen}
      />
    </article>
  );
}

type ActionsProps = Pick<FeedEntryProps, "group" | "isMarkable" | "onSeen"> & { me: string };

function Actions({ group, me, isMarkable, onSeen }: ActionsProps) {
  const [entry] = group.entries;
  const reply = entry.url && answerable.has(entry.kind) && group.isNew ? entry.url : undefined;
  const hello = entry.kind === "joined" && group.entries.length === 1 && entry.by !== me;
  const mark = group.isNew && isMarkable;
  if (!reply && !hello && !mark) return null;
  return (
    <div class="row acts">
      {reply && (
        <a class="btn" href={reply}>
          <Icon name="reply" small />
          {entry.kind === "started" ? "Open" : "Reply"}
        </a>
      )}
      {hello && (
        <form method="post" action="/direct">
          <input type="hidden" name="user" value={entry.by} />
          <button class="btn" type="submit">Say hello</button>
        </form>
      )}
      {mark && (
        <button
          class="btn bare"
          type="submit"
          form={SEEN_FORM}
          name="offset"
          value={entry.offset}
          aria-keyshortcuts="e"
          onClick={(event) => {
            if (!onSeen) return;
            event.preventDefault();
            onSeen(entry.offset);
          }}
        >
          Mark seen to here
        </button>
      )}
    </div>
  );
}
