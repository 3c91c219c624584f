import { isComposing } from "./composing.ts";
import { isMac } from "./platform.ts";
import { TYPED } from "./single_keys.ts";

/** Alt+↑ and Alt+↓ go to the room before and after, with Shift to those with something new. */
export function bindRoomSteps(page: Document, go: (step: 1 | -1, unreadOnly: boolean) => void): () => void {
  const pressed = (event: KeyboardEvent) => {
    const step = event.key === "ArrowUp" ? -1 : event.key === "ArrowDown" ? 1 : undefined;
    if (!step || !event.altKey || event.ctrlKey || event.metaKey || isComposing(event) || event.defaultPrevented) {
      return;
    }
    if (isMac() && isInText(event.target)) return; // ⌥↑ and ⌥↓ go to the ends of a paragraph there.
    event.preventDefault();
    go(step, event.shiftKey);
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}

function isInText(target: EventTarget | null): boolean {
  const field = target instanceof Element ? target.closest(TYPED) : null;
  return (field instanceof HTMLTextAreaElement || field instanceof HTMLInputElement) && field.value !== "";
}
