/** Keys on a row of the message list: arrow keys go through what is in it, since Tab stops at the list only once. */
import { isComposing } from "../shared/composing.ts";

const STOPS = "a[href], button, pre";
/** Elements with arrow keys of their own. */
const OWN_KEYS = "form, [popover]";

/** The row that a key is meant for, wherever in it the focus is. */
export function rowAt(event: KeyboardEvent): HTMLElement | undefined {
  const { target } = event;
  if (!(target instanceof Element) || isComposing(event) || target.closest(OWN_KEYS)) return undefined;
  return target.closest<HTMLElement>("[data-row]") ?? undefined;
}

/** The next stop in the row, round from its last to the row itself; undefined for another key. */
export function nextStop(row: HTMLElement, { key, target }: KeyboardEvent): HTMLElement | undefined {
  const by = key === "ArrowRight" ? 1 : key === "ArrowLeft" ? -1 : undefined;
  if (!by || !(target instanceof HTMLElement) || scrolls(target, by)) return undefined;
  const inside = [...row.querySelectorAll<HTMLElement>(STOPS)]
    .filter((it) => !it.closest(OWN_KEYS) && it.checkVisibility());
  const all = [row, ...inside];
  return all[(all.indexOf(target) + by + all.length) % all.length];
}

/** Code that is wider than the column is read by the arrow keys first. */
function scrolls({ tagName, scrollLeft, clientWidth, scrollWidth }: HTMLElement, by: 1 | -1): boolean {
  return tagName === "PRE" && (by < 0 ? scrollLeft > 0 : scrollLeft + clientWidth < scrollWidth - 1);
}
