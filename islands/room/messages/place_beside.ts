/** Distance from the edges of the window and from what it stands beside. */
const MARGIN_PX = 8;

/**
 * Puts a popover at the end of a row, below it or above where there is more room, wholly inside the window. On a phone
 * the style sheet's place counts: it is a sheet at the bottom.
 */
export function placeBeside(popover: HTMLElement, row: Element): void {
  if (matchMedia("(width < 720px)").matches) return;
  const { top, bottom, right } = row.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = popover;
  const below = bottom + MARGIN_PX;
  const wanted = below + height <= innerHeight - MARGIN_PX ? below : top - height - MARGIN_PX;
  const within = (at: number, size: number, room: number) => Math.max(MARGIN_PX, Math.min(at, room - size - MARGIN_PX));
  popover.style.insetBlockStart = `${within(wanted, height, innerHeight)}px`;
  popover.style.insetInlineStart = `${within(right - width - MARGIN_PX, width, innerWidth)}px`;
}
