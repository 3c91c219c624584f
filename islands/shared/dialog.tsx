/** A modal dialog: `<dialog>` keeps the focus inside, gives it back, and closes on Esc. */
import type { ComponentChildren } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import { useModal } from "./use_modal.ts";

/** What had the focus before a dialog that another one replaces; the other gives the focus back to it. */
let handedOn: Element | null = null;

export interface DialogProps {
  /** Explicit, since islands must not make ids of their own. */
  id: string;
  title: string;
  onClose(): void;
  children: ComponentChildren;
}

export function Dialog({ id, title, onClose, children }: DialogProps) {
  const modal = useModal(onClose);
  // The focus as it was when the dialog was opened, not a frame later.
  const before = useRef(handedOn ?? document.activeElement).current;
  useLayoutEffect(() => () => {
    handedOn = before;
    // A dialog that is taken away, since what it asked is done, gives no focus back by itself.
    queueMicrotask(() => {
      handedOn = null;
      if (document.activeElement === document.body) focusAgain(before);
    });
  }, []);
  return (
    <dialog {...modal.props} class="pop dialog" aria-labelledby={`${id}-title`}>
      <div class="dialog-body">
        <header class="row">
          <h2 class="grow" id={`${id}-title`}>{title}</h2>
          <button class="ib" type="button" aria-label="Close" onClick={modal.close}>
            <Icon name="x" />
          </button>
        </header>
        {children}
      </div>
    </dialog>
  );
}

/** A menu's entry has left the screen: then what opens the menu gets the focus, or what opens its drawer. */
function focusAgain(before: Element | null): void {
  if (!(before instanceof HTMLElement)) return;
  before.focus();
  if (document.activeElement === before) return;
  const menu = before.closest("[popover]");
  if (menu) focusAgain(document.querySelector(`[popovertarget="${menu.id}"]:not(#${menu.id} *)`));
}
