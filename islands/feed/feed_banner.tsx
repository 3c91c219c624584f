/** The feed's banner; mostly there is none. */
import { useLayoutEffect, useRef } from "preact/hooks";
import { sentence } from "../../lib/model/problem_words.ts";
import { Banner } from "../../lib/ui/shell/banner.tsx";
import { clockTime, counted } from "../../lib/ui/shell/format.ts";
import { ConnectionBanner } from "../shared/connection_banner.tsx";
import type { FeedView } from "./feed_view.ts";

export function FeedBanner({ view }: { view: FeedView }) {
  const { live, notice, replay, problem, zone } = view;
  const run = replay.run.value;
  useKeptPlace();
  if (problem.value !== undefined) {
    return (
      <Banner tone="bad" icon="alert" title={sentence(problem.value)}>
        <button class="btn" type="button" onClick={() => problem.value = undefined}>Close</button>
      </Banner>
    );
  }
  if (notice.value !== undefined || !run) {
    return <ConnectionBanner live={live} notice={notice} preferred="sse" later="New activity shows" />;
  }
  return (
    <Banner
      tone="good"
      icon="play"
      title={`Replay from ${clockTime(run.start, zone.value)}.`}
      detail={run.items.length === 0
        ? "Nothing happened since then."
        : `${run.played} of ${counted(run.items.length, "entry", "entries")}`}
    >
      <button class="btn" type="button" onClick={replay.stop}>Back to now</button>
    </Banner>
  );
}

/** A banner takes its space from the list, whose entries must not move under the reader. */
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
