import { SIDEBAR_ID } from "../../lib/ui/shell/sidebar_buttons.tsx";
import { roomOf } from "./navigation.ts";

/** One who only passes over a room, on the way to another, does not rest on it so long. */
export const REST_MS = 50;

/**
 * Tells which room of the sidebar the pointer or the focus is on, if any, and whether it is pressed there. A finger
 * says nothing: it may only scroll.
 */
export function bindNearRoom(near: (room: string | undefined, isPressed?: boolean) => void): () => void {
  const sidebar = document.getElementById(SIDEBAR_ID);
  const binding = new AbortController();
  const roomAt = ({ target }: Event) => roomOf(target instanceof Element && target.closest("a")?.pathname || "");
  const listen = (kind: "pointerover" | "pointerleave" | "pointerdown" | "focusin") =>
    sidebar?.addEventListener(kind, (event) => {
      if (event instanceof PointerEvent && event.pointerType === "touch") return;
      near(roomAt(event), kind === "pointerdown");
    }, { signal: binding.signal, passive: true });
  listen("pointerover");
  listen("pointerleave");
  listen("pointerdown");
  listen("focusin");
  return () => binding.abort();
}
