/** The key that works anywhere at once (islands/README.md, Keys); with a modifier, so that typing loses no key. */

import { isComposing } from "./composing.ts";

/** Ctrl+K, or ⌘+K, until the returned function is called. */
export function bindSwitcher(page: Document, open: () => void): () => void {
  const pressed = (event: KeyboardEvent) => {
    const isPlain = !event.altKey && !event.shiftKey && !isComposing(event) && !event.defaultPrevented;
    if (!isPlain || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "k") return;
    event.preventDefault();
    open();
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}
