/** The keys of the feed (islands/README.md, Keys; the APG feed pattern): j, k, e, Page Up, Page Down and ways out. */
import { isComposing } from "../shared/composing.ts";
import { TYPED } from "../shared/single_keys.ts";

export interface FeedKeys {
  /** Single letters are keys. */
  hasSingleKeys(): boolean;
  /** Marks as seen up to an article with this offset. */
  seen(offset: string): void;
  all(): void;
  /** Closes what Esc closes; false if there is nothing. */
  leave(): boolean;
}

const ARTICLE = "#feed article";

/** The first entry that is in sight. */
export function entryInSight(page: Document): HTMLElement | undefined {
  const top = page.getElementById("feed")?.parentElement?.getBoundingClientRect().top ?? 0;
  return [...page.querySelectorAll<HTMLElement>(ARTICLE)].find((it) => it.getBoundingClientRect().bottom > top + 1);
}

/** Until the returned function is called. */
export function bindFeedKeys(page: Document, on: FeedKeys): () => void {
  const articles = () => [...page.querySelectorAll<HTMLElement>(ARTICLE)];
  const current = () => page.activeElement?.closest<HTMLElement>(ARTICLE) ?? undefined;

  /** Without a current one it is the first one in sight. */
  function step(by: 1 | -1): boolean {
    const all = articles();
    const from = current();
    const next = from ? all[all.indexOf(from) + by] : entryInSight(page);
    next?.focus();
    return next !== undefined || from !== undefined;
  }

  function out(by: 1 | -1): boolean {
    if (!current()) return false;
    const feed = page.getElementById("feed");
    const stops = [...page.querySelectorAll<HTMLElement>("a[href], button, input, summary")]
      .filter((it) => !it.closest("article") && it.checkVisibility());
    const after = (it: HTMLElement) =>
      feed ? (feed.compareDocumentPosition(it) & Node.DOCUMENT_POSITION_PRECEDING) === 0 : false;
    const next = by === 1 ? page.getElementById("feed-older") ?? stops.find(after) : stops.findLast((it) => !after(it));
    next?.focus();
    return next !== undefined && next !== null;
  }

  function handled(event: KeyboardEvent): boolean {
    const { key, target } = event;
    if (key === "Escape") {
      if (!event.shiftKey) return on.leave();
      on.all();
      return true;
    }
    if (event.ctrlKey && (key === "End" || key === "Home")) return out(key === "End" ? 1 : -1);
    if (event.ctrlKey || event.shiftKey) return false;
    if (key === "PageDown" || key === "PageUp") return current() !== undefined && step(key === "PageDown" ? 1 : -1);
    if (key === "Enter" && target instanceof HTMLElement && target.matches(ARTICLE) && target.dataset.url) {
      location.assign(target.dataset.url);
      return true;
    }
    if (!on.hasSingleKeys()) return false;
    if (key === "j" || key === "k") return step(key === "j" ? 1 : -1);
    const offset = key === "e" ? current()?.dataset.offset : undefined;
    if (offset === undefined) return false;
    current()?.focus(); // The focused button may be removed.
    on.seen(offset);
    return true;
  }

  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event) || event.defaultPrevented || event.altKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest(`${TYPED}, dialog, [popover]:popover-open`)) return;
    if (handled(event)) event.preventDefault();
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}
