/** Keys that work anywhere in the room page (EXPERIENCE.md, Keys). All have a modifier, so none is taken from typing. */
export interface Shortcuts {
  palette(): void;
  room(step: 1 | -1, unreadOnly: boolean): void;
}

/** Until the returned function is called. */
export function bindShortcuts(page: Document, on: Shortcuts): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || event.defaultPrevented) return;
    if ((event.ctrlKey || event.metaKey) && !event.altKey && !event.shiftKey && event.key.toLowerCase() === "k") {
      event.preventDefault();
      return on.palette();
    }
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : undefined;
    if (!step || !event.altKey || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    on.room(step, event.shiftKey);
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}
