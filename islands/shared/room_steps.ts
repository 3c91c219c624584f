/** Alt+↑ and Alt+↓ go to the room before and after, with Shift to those with something new. */
export function bindRoomSteps(page: Document, go: (step: 1 | -1, unreadOnly: boolean) => void): () => void {
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : undefined;
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || event.isComposing || event.defaultPrevented) return;
    event.preventDefault();
    go(step, event.shiftKey);
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}
