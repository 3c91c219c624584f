import { useLayoutEffect, useRef } from "preact/hooks";
import { isComposing } from "./composing.ts";

/**
 * What makes a `popover="auto"` open for as long as it is rendered: Esc and a press elsewhere close it, and the focus
 * goes back. `opened` is called once it is shown; `close` closes it.
 */
export function usePopover(onClose: () => void, opened: (popover: HTMLDivElement) => void = () => {}) {
  const popover = useRef<HTMLDivElement>(null);
  const isClosed = useRef(false);
  useLayoutEffect(() => {
    if (!popover.current) return;
    // On a phone what opens it may be in the drawer, which stays open behind it.
    const source = document.activeElement;
    popover.current.showPopover(source instanceof HTMLElement ? { source } : {});
    opened(popover.current);
  }, []);
  /** At once, and once: the browser tells of a close only later, and the next key may have opened it again before. */
  const close = () => {
    if (isClosed.current) return;
    isClosed.current = true;
    popover.current?.hidePopover();
    onClose();
  };
  const onToggle = ({ newState }: { newState: string }) => {
    if (newState === "closed" && popover.current?.isConnected) close(); // Not where another took its place.
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key !== "Escape" || isComposing(event)) return;
    event.preventDefault();
    close();
  };
  return { popover, close, props: { ref: popover, popover: "auto" as const, onToggle, onKeyDown } };
}
