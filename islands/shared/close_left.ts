/** Closes a popover that Tab leads out of, since it would hide the focus, until the returned function is called. */
export function closeLeft(page: Document): () => void {
  const left = ({ key }: KeyboardEvent) => {
    if (key !== "Tab") return;
    for (const it of page.querySelectorAll<HTMLElement>(":popover-open")) {
      if (!it.contains(page.activeElement)) it.hidePopover();
    }
  };
  page.addEventListener("keyup", left);
  return () => page.removeEventListener("keyup", left);
}

/** Closes whatever is open above the page, which has become another. */
export function closeAll(page: Document): void {
  for (const it of page.querySelectorAll<HTMLDialogElement>("dialog[open]")) it.close();
  for (const it of page.querySelectorAll<HTMLElement>(":popover-open")) it.hidePopover();
}
