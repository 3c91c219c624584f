import { isPassing } from "../../lib/client/connection/refusal.ts";
import { closeAll } from "../shared/close_left.ts";

/** Rooms as addresses: going to one changes the address, going back in the history shows the one before. */
export interface Navigation {
  go(room: string): void;
  /** Tries again to show the room that waits for the network, if any. */
  again(): void;
}

export interface NavigationDeps {
  /** Shows a room; rejects when it cannot. */
  open(room: string): Promise<void>;
  /** Another room is on screen. */
  arrived(): void;
  /** A room that is not loaded waits for the network. */
  waits(room: string): void;
}

const PATH = /^\/rooms\/([^/]+)/;

/** The room that an address names, or undefined. */
export function roomOf(path: string): string | undefined {
  const id = PATH.exec(path)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

export function createNavigation({ open, arrived, waits }: NavigationDeps): Navigation {
  let wanted = "";
  let waiting: (() => void) | undefined;

  async function show(room: string, push: boolean) {
    const path = `/rooms/${encodeURIComponent(room)}`;
    wanted = room;
    waiting = undefined;
    try {
      await open(room);
    } catch (error) {
      if (wanted !== room) return;
      if (!isPassing(error)) return location.assign(path); // The server's page explains what is wrong.
      // Without a network the present page is better than the browser's error page.
      waiting = () => void show(room, push);
      return waits(room);
    }
    if (wanted !== room) return; // The reader went on meanwhile.
    // A permalink that one comes back to is left: its room is shown where one was in it.
    if (location.pathname !== path) history[push ? "pushState" : "replaceState"](null, "", path);
    arrived();
  }
  addEventListener("popstate", () => {
    const room = roomOf(location.pathname);
    if (room === undefined) return location.reload();
    closeAll(document);
    void show(room, false);
  });
  return {
    go: (room) => void show(room, true),
    again: () => queueMicrotask(() => waiting?.()),
  };
}
