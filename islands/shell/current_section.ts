/** Knows which section of a page one is in. */

/** A section that was gone to begins this near the top of what scrolls. */
const NEAR_PX = 16;

/**
 * Calls `tell` with the id of the section that one is in, at once and whenever that may be another, until the returned
 * function is called. One that has the focus is it while that can be seen, and one that was gone to by its address for
 * as long as it stands where that puts it; otherwise it is the one at a line that moves from the top of what is seen to
 * its end as one scrolls from first to last, so that short sections at the end have their turn.
 */
export function followSection(scroller: HTMLElement, tell: (id: string | undefined) => void): () => void {
  function look() {
    const { top, bottom, height } = scroller.getBoundingClientRect();
    const focus = document.activeElement;
    const section = focus?.closest(".sect");
    const at = focus?.getBoundingClientRect();
    if (section && at && at.bottom > top && at.top < bottom) return tell(section.id);
    const way = scroller.scrollHeight - scroller.clientHeight;
    const part = way > 0 ? scroller.scrollTop / way : 1;
    const line = top + NEAR_PX + part * (height - NEAR_PX);
    const sections = [...scroller.querySelectorAll(".sect")].map((it) => ({
      id: it.id,
      top: it.getBoundingClientRect().top,
    }));
    const chosen = sections.find(({ id }) => `#${id}` === location.hash);
    const isThere = chosen && (Math.abs(chosen.top - top) <= NEAR_PX || (part > .99 && chosen.top > top));
    tell(isThere ? chosen.id : (sections.findLast((it) => it.top <= line) ?? sections[0])?.id);
  }
  look();
  scroller.addEventListener("scroll", look, { passive: true });
  scroller.addEventListener("focusin", look);
  addEventListener("hashchange", look);
  return () => {
    scroller.removeEventListener("scroll", look);
    scroller.removeEventListener("focusin", look);
    removeEventListener("hashchange", look);
  };
}
