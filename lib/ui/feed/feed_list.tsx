/** The feed itself: sections of articles (the APG feed pattern), words for an empty one, the way to older entries. */
import type { ComponentChildren } from "preact";
import { Empty, quiet } from "../shell/empty.tsx";
import { FeedEntry } from "./feed_entry.tsx";
import type { FeedSection } from "./feed_groups.ts";
import { FeedRoom } from "./feed_room.tsx";
import { InParts } from "../shell/in_parts.tsx";
import type { FeedNames } from "./feed_words.tsx";

export interface FeedListProps {
  sections: readonly FeedSection[];
  names: FeedNames;
  zone: string;
  now: number;
  seenAt: number | undefined;
  isMarkable: boolean;
  /** The address of older entries, while there are any. */
  older: string | undefined;
  /** Whether entries are loading. */
  isBusy?: boolean;
  /** Shown if there are none. */
  empty: ComponentChildren;
  onSeen?(offset: string): void;
  onOlder?(event: MouseEvent): void;
}

export function FeedList(props: FeedListProps) {
  const { sections, older, isBusy = false, onOlder } = props;
  const starts: number[] = []; // how many articles stand before each section
  let before = 0;
  for (const { groups, rooms = [] } of sections) {
    starts.push(before);
    before += groups.length + rooms.length;
  }
  const count = older === undefined ? before : -1;
  if (sections.length === 0) return <>{props.empty}</>;
  return (
    <>
      {sections.map(({ title, isOfDay = false, groups, rooms }, i) => (
        <section key={title} aria-labelledby={`feed-h-${i}`}>
          <h2 class="feed-h" id={`feed-h-${i}`}>{title}</h2>
          <div role="feed" aria-labelledby={`feed-h-${i}`} aria-busy={isBusy}>
            <InParts of={groups}>
              {(group, at) => (
                <FeedEntry
                  key={group.id}
                  group={group}
                  place={(starts[i] ?? 0) + at + 1}
                  count={count}
                  names={props.names}
                  zone={props.zone}
                  now={isOfDay ? group.entries[0].at : props.now}
                  seenAt={props.seenAt}
                  isMarkable={props.isMarkable}
                  onSeen={props.onSeen}
                />
              )}
            </InParts>
            <InParts of={rooms ?? []}>
              {(summary, at) => (
                <FeedRoom
                  key={summary.room.id}
                  summary={summary}
                  place={(starts[i] ?? 0) + groups.length + at + 1}
                  count={count}
                  names={props.names}
                />
              )}
            </InParts>
          </div>
        </section>
      ))}
      {older && (
        <p class="feed-end">
          <a class="btn" id="feed-older" href={older} onClick={onOlder}>{isBusy ? "Loading older" : "Older"}</a>
        </p>
      )}
    </>
  );
}

/** The text of an empty feed: what will appear here, and where there is something already. */
export function FeedEmpty(
  { title, detail, children }: { title: string; detail: string; children?: ComponentChildren },
) {
  return (
    <Empty art={quiet} title={<h2>{title}</h2>}>
      <p>{detail}</p>
      {children && <div class="row">{children}</div>}
    </Empty>
  );
}
