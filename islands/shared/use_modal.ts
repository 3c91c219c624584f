import { useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "./composing.ts";

/** What makes a `<dialog>` a modal one that is open for as long as it is rendered; `close` closes it. */
export function useModal(onClose: () => void) {
  const dialog = useRef<HTMLDialogElement>(null);
  const isClosed = useRef(false);
  useLayoutEffect(() => dialog.current?.showModal(), []);
  /** At once, and once: the browser tells of a close only later, and the next key may have opened it again before. */
  const close = () => {
    if (isClosed.current) return;
    isClosed.current = true;
    dialog.current?.close();
    onClose();
  };
  const onClick = ({ target }: { target: EventTarget | null }) => {
    if (target === dialog.current) close(); // beside what is in it
  };
  /** An input method leaves its list with Esc: the browser would take that for the dialog's. */
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (event.key === "Escape" && isComposing(event)) event.preventDefault();
  };
  return { close, props: { ref: dialog, onCancel: close, onClose: close, onClick, onKeyDownCapture } };
}
