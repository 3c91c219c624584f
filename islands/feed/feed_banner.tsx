/** What the reader of the feed should know; nothing most of the time. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { Banner } from "../../lib/ui/shell/banner.tsx";
import { feedFallbackWords } from "../../lib/ui/feed/feed_connection.tsx";
import { clockTime, counted } from "../../lib/ui/shell/format.ts";
import type { FeedView } from "./feed_view.ts";

export function FeedBanner({ view }: { view: FeedView }) {
  const { live, notice, replay, problem, zone } = view;
  const run = replay.run.value;
  useKeptPlace();
  if (problem.value !== undefined) {
    return (
      <Banner tone="bad" icon="alert" title={`${problem.value}.`}>
        <button class="btn" type="button" onClick={() => problem.value = undefined}>Close</button>
      </Banner>
    );
  }
  const wake = <button class="btn" type="button" onClick={() => void live.wake()}>Try now</button>;
  switch (notice.value) {
    case "signed_out":
      return (
        <Banner tone="bad" icon="alert" title="Signed out on this device.">
          <a class="btn" href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>Sign in</a>
        </Banner>
      );
    case "outdated":
      return (
        <Banner tone="warn" icon="alert" title="Rivulet was updated.">
          <button class="btn" type="button" onClick={() => location.reload()}>Reload</button>
        </Banner>
      );
    case "offline":
      return (
        <Banner
          tone="warn"
          title={navigator.onLine ? "The server is out of reach." : "You are offline."}
          detail="What comes meanwhile is shown when you are back."
        >
          {wake}
        </Banner>
      );
    case "reconnecting":
      return (
        <Banner tone="warn" title="Reconnecting…" detail="What comes meanwhile is shown when the server answers.">
          {wake}
        </Banner>
      );
    case "fallback":
      return (
        <Banner
          tone="warn"
          wave="moving"
          title={`${feedFallbackWords(live.status.value)}.`}
          detail="Everything works, and it goes back by itself."
        />
      );
    case undefined:
      if (!run) return null;
      return (
        <Banner
          tone="good"
          icon="play"
          title={`Replay from ${clockTime(run.start, zone.value)}.`}
          detail={run.items.length === 0
            ? "Nothing happened since."
            : `${run.played} of ${counted(run.items.length, "entry", "entries")}`}
        >
          <button class="btn" type="button" onClick={replay.stop}>Back to now</button>
        </Banner>
      );
  }
}

/** A banner takes its room from the list: what is read there stays where it is. */
function useKeptPlace() {
  const top = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const list = document.getElementById("feed")?.parentElement;
    if (!list) return;
    const now = list.getBoundingClientRect().top;
    if (list.scrollTop > 0) list.scrollTop += now - (top.current ?? now);
    top.current = now;
  });
}
