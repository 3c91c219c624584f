/** The feed's page: takes up what the server rendered, and goes on from there without asking for it again. */
import { effect } from "@preact/signals";
import { hydrate } from "preact";
import { feedData, watchedOf } from "../../lib/ui/feed/feed_data.ts";
import { PAGE_DATA_ID } from "../../lib/ui/room/page_data.ts";
import { createBrowserFeed } from "./browser_feed.ts";
import { FeedApp } from "./feed_app.tsx";
import { keepScroll, restoreScroll } from "./feed_scroll.ts";
import { createFeedView } from "./feed_view.ts";

const AT_TOP = 8; // px

const root = document.querySelector<HTMLElement>("[data-island=feed]");
if (root) mount(root);

function mount(root: HTMLElement): void {
  const data = feedData.parse(JSON.parse(document.getElementById(PAGE_DATA_ID)?.textContent ?? ""));
  const live = createBrowserFeed(data.me.id, watchedOf(data));
  const view = createFeedView({ data, live, isReading });
  hydrate(<FeedApp view={view} />, root);
  view.start();
  const scroller = document.getElementById("feed")?.parentElement;
  if (scroller) {
    void restoreScroll(scroller, view.shown.older).catch(() => {}); // Without a network the page begins at its top.
    keepScroll(scroller);
  }
  effect(() => void (document.title = view.title.value));
}

/** Whether the reader has scrolled away from the newest entry, or is in the list with the keyboard. */
function isReading(): boolean {
  const feed = document.getElementById("feed");
  return (feed?.parentElement?.scrollTop ?? 0) > AT_TOP || document.activeElement?.closest("#feed article") !== null;
}
