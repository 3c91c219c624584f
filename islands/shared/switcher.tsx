/**
 * The quick switcher's dialog and field. They come with the page, so that the first letter after Ctrl+K is written in
 * them; what is listed below (palette.tsx) is fetched when it is first wanted.
 */
import { type Signal, useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useRef } from "preact/hooks";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import { isComposing } from "./composing.ts";
import { useModal } from "./use_modal.ts";

const LABEL = "Jump to a room or person";

/** What the list below the field shares with it. */
export interface SwitcherParts {
  /** The text that is searched for. */
  wanted: Signal<string>;
  /** The id of the option that Enter takes. */
  active: Signal<string | undefined>;
  /** Moves and takes; the list sets it. */
  keys: { current: ((event: KeyboardEvent) => void) | undefined };
  /** Enter was pressed before the list was there. */
  isEntered: { current: boolean };
  close(): void;
}

export interface SwitcherProps {
  onClose(): void;
  children(parts: SwitcherParts): ComponentChildren;
}

export function Switcher({ onClose, children }: SwitcherProps) {
  const modal = useModal(onClose);
  const wanted = useSignal("");
  const active = useSignal<string | undefined>(undefined);
  const keys = useRef<SwitcherParts["keys"]["current"]>(undefined);
  const isEntered = useRef(false);
  return (
    <dialog {...modal.props} class="pop palette" aria-label={LABEL}>
      <div class="ask">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded={active.value !== undefined}
          aria-controls="palette-results"
          aria-activedescendant={active.value}
          aria-label={LABEL}
          placeholder="Jump to…"
          autocomplete="off"
          spellcheck={false}
          value={wanted.value}
          onInput={(event) => wanted.value = event.currentTarget.value}
          onKeyDown={(event) => {
            if (isComposing(event)) return;
            if (keys.current) keys.current(event);
            else if (event.key === "Enter") isEntered.current = true;
          }}
        />
        <kbd>Esc</kbd>
      </div>
      {children({ wanted, active, keys, isEntered, close: modal.close })}
    </dialog>
  );
}
