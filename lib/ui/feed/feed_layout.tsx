/** The feed's page, the same on both sides: the server renders it into `Island`, the island hydrates it. */
import type { ComponentChildren, RefObject } from "preact";
import type { FeedView } from "../../protocol/feed.ts";
import { SEEN_FORM } from "./feed_entry.tsx";

export interface FeedLayoutProps {
  /** Whose marker is moved. */
  view: FeedView;
  /** A `Sidebar`. */
  side: ComponentChildren;
  /** A `FeedBar`. */
  bar: ComponentChildren;
  /** A `Banner`, while there is something to say. */
  banner?: ComponentChildren;
  /** A `FeedScrub`, where there is something to replay. */
  scrub: ComponentChildren;
  /** A `FeedPill`, while there is something new that is not shown. */
  pill?: ComponentChildren;
  /** A `FeedSummary`, while there is something to catch up on. */
  summary?: ComponentChildren;
  /** A `FeedList`. */
  list: ComponentChildren;
  /** A `FeedNow`. */
  pane: ComponentChildren;
  /** Overlays. */
  children?: ComponentChildren;
  scroller?: RefObject<HTMLDivElement | null> | undefined;
}

export function FeedLayout(props: FeedLayoutProps) {
  return (
    <>
      <a class="skip" href="#feed">Skip to the feed</a>
      {props.side}
      <main class="main" id="main">
        {props.bar}
        {props.scrub}
        {props.banner}
        <div class="scroll" ref={props.scroller}>
          <div class={props.view === "everything" ? "col calm" : "col"} id="feed" tabIndex={-1}>
            <form method="post" action="/feed" id={SEEN_FORM}>
              <input type="hidden" name="view" value={props.view} />
            </form>
            {props.pill}
            {props.summary}
            {props.list}
          </div>
        </div>
      </main>
      {props.pane}
      {props.children}
    </>
  );
}
