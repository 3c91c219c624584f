/** Keys that are one character (islands/README.md, Keys). WCAG 2.1.4: they can be switched off, on each device. */
import { isComposing } from "./composing.ts";
import { readSingleKeys } from "./single_keys_setting.ts";

export interface SingleKeys {
  /** Shows the list of keys. */
  help(): void;
  /** Looks for a room or a person. */
  jump(): void;
}

/** Elements in which people type. */
export const TYPED = "input:not([type=range], [type=radio], [type=checkbox]), textarea, select, [contenteditable]";

/** Binds the keys until the returned function is called. */
export function bindSingleKeys(page: Document, on: SingleKeys): () => void {
  const pressed = (event: KeyboardEvent) => {
    if (isComposing(event) || event.defaultPrevented || event.altKey || event.ctrlKey || event.metaKey) return;
    if (event.target instanceof Element && event.target.closest(`${TYPED}, dialog, [popover]:popover-open`)) return;
    const act = event.key === "?" ? on.help : event.key === "/" ? on.jump : undefined;
    if (!act || !readSingleKeys()) return;
    event.preventDefault();
    act();
  };
  page.addEventListener("keydown", pressed);
  return () => page.removeEventListener("keydown", pressed);
}
