/** Keeps the scroll position of the feed in the browser's history, so that going back or reloading restores it. */
import * as z from "zod/mini";

const place = z.object({
  /** The article at the upper edge. */
  article: z.string(),
  /** How far its top is from that edge, in px. */
  top: z.number(),
});

/** Keeps the place from now on. */
export function keepScroll(scroller: HTMLElement): void {
  scroller.addEventListener("scrollend", () => {
    const edge = scroller.getBoundingClientRect().top;
    const first = [...scroller.querySelectorAll("article")].find((it) => it.getBoundingClientRect().bottom > edge);
    const kept = { article: first?.id, top: (first?.getBoundingClientRect().top ?? 0) - edge };
    history.replaceState(scroller.scrollTop > 0 ? kept : null, "");
  });
}

/** Goes to the place that was kept; `older` gets more entries, until it says that there are none. */
export async function restoreScroll(scroller: HTMLElement, older: () => Promise<boolean>): Promise<void> {
  const { data } = place.safeParse(history.state);
  if (!data) return;
  let article = document.getElementById(data.article);
  while (!article && await older()) {
    await new Promise((done) => requestAnimationFrame(done)); // The older entries are rendered by then.
    article = document.getElementById(data.article);
  }
  if (!article || scroller.scrollTop > 0) return; // The reader has scrolled meanwhile.
  scroller.scrollTop += article.getBoundingClientRect().top - scroller.getBoundingClientRect().top - data.top;
}
