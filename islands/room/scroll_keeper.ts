/**
 * Keeps what is being read where it is: 0 px drift when rows come or go above or below, change their height, or the
 * pane is resized. At the end it stays at the end. Does by hand what `overflow-anchor` does in some browsers only.
 */
export const NEAR_END_PX = 100;

export interface ScrollKeeper {
  /** After any change of the rows, before the browser paints. */
  restore(): void;
  toEnd(): void;
  /** Shows `row` with about a third of the pane above it. */
  toRow(row: Element): void;
  isNearEnd(): boolean;
  stop(): void;
}

interface Anchor {
  row: Element;
  top: number;
  /** Whether it is the first row of all, whose upper end changes when others come before it. */
  isFirst: boolean;
}

/**
 * `list` holds the rows as children with `data-row`; `moved` learns after every scroll whether the end is within 100
 * px. While `isWhole` says that more rows follow those that are there, their end is none to stay at.
 */
export function createScrollKeeper(
  scroller: HTMLElement,
  list: HTMLElement,
  moved: (nearEnd: boolean) => void,
  isWhole: () => boolean = () => true,
): ScrollKeeper {
  const isReversed = getComputedStyle(scroller).flexDirection === "column-reverse";
  let anchors: Anchor[] = [];
  let sticking = true;
  let noted = { pane: 0, rows: 0, scrollTop: 0 };
  let left: number | undefined; // where `restore` left it: the scroll event that follows is not the reader's
  scroller.style.overflowAnchor = "none"; // Two that correct the same shift would double it.

  const fromEnd = () =>
    isReversed ? -scroller.scrollTop : scroller.scrollHeight - scroller.clientHeight - scroller.scrollTop;
  const toEnd = () => scroller.scrollTop = isReversed ? 0 : scroller.scrollHeight;

  /** `off` is by how much less than a pixel a row could not be put where it was: kept, so that it does not add up. */
  function note(off = 0) {
    sticking = fromEnd() <= NEAR_END_PX && isWhole();
    const { top, bottom } = scroller.getBoundingClientRect();
    noted = { pane: scroller.clientHeight, rows: scroller.scrollHeight, scrollTop: scroller.scrollTop };
    anchors = [];
    // Days and the New line are no anchors: they move to another row when older ones come before it.
    const rows = [...list.querySelectorAll(":scope > [data-row]")];
    for (let at = firstBelow(rows, top); at < rows.length; at++) {
      const [row, box] = [rows[at], rows[at]?.getBoundingClientRect()];
      if (!row || !box || box.top >= bottom) break;
      anchors.push({ row, top: box.top - top - off, isFirst: at === 0 });
    }
  }

  /** Where the first row stands that reaches below `top`. Halves the rows: asking each where it is took 5 ms a message. */
  function firstBelow(rows: readonly Element[], top: number): number {
    let [from, to] = [0, rows.length];
    while (from < to) {
      const at = (from + to) >> 1;
      if ((rows[at]?.getBoundingClientRect().bottom ?? 0) > top) to = at;
      else from = at + 1;
    }
    return from;
  }

  /** By how much the reader has scrolled since. Its event may not have come yet, and the scroll must not be undone. */
  function scrolledSince(): number {
    const way = scroller.scrollHeight - scroller.clientHeight;
    const isCut = way < noted.rows - noted.pane && Math.abs(scroller.scrollTop) >= way; // rows went: there is no more
    return isCut ? 0 : scroller.scrollTop - noted.scrollTop;
  }

  function restore() {
    const since = scrolledSince();
    if (sticking && since === 0) {
      toEnd();
      return note();
    }
    // The first may have left the window. One that is cut off above grows upwards: what is read is below its edge.
    const there = anchors.filter(({ row }) => row.isConnected);
    const kept = there.find((it) => it.top >= 0 && !it.isFirst) ?? there.find((it) => it.top >= 0) ?? there[0];
    const { top } = scroller.getBoundingClientRect();
    const off = () => kept ? kept.row.getBoundingClientRect().top - top - (kept.top - since) : 0;
    scroller.scrollTop += off();
    const rest = off();
    note(Math.abs(rest) < 1 ? rest : 0); // More is the end of the way, not the rounding of positions.
    left = scroller.scrollTop;
  }

  const scrolled = () => {
    // A scroll event between a resize and its observer does not mean that the reader wants to leave the place.
    const isResized = noted.pane !== scroller.clientHeight || noted.rows !== scroller.scrollHeight;
    if (isResized) restore();
    else if (scroller.scrollTop !== left) note();
    moved(sticking);
  };
  const placed = () => {
    note();
    moved(sticking);
  };
  const sizes = new ResizeObserver(restore);
  sizes.observe(list, { box: "border-box" }); // Its padding grows with what floats over its end.
  sizes.observe(scroller);
  scroller.addEventListener("scroll", scrolled, { passive: true });
  note();

  return {
    restore,
    toEnd() {
      toEnd();
      placed();
    },
    toRow(row) {
      const box = scroller.getBoundingClientRect();
      scroller.scrollTop += row.getBoundingClientRect().top - box.top - box.height / 3;
      placed();
    },
    isNearEnd: () => sticking,
    stop() {
      sizes.disconnect();
      scroller.removeEventListener("scroll", scrolled);
    },
  };
}
