import { isPassing } from "../lib/client/refusal.ts";

/** Rooms as addresses: going to one changes the address, going back in the history shows the one before. */
export interface Navigation {
  go(room: string): void;
  stop(): void;
}

export interface NavigationDeps {
  /** Shows a room; rejects when it cannot. */
  open(room: string): Promise<void>;
  /** A room is on screen that was not before. */
  arrived(): void;
}

const PATH = /^\/rooms\/([^/]+)/;

/** The room that an address names, or undefined. */
export function roomOf(path: string): string | undefined {
  const id = PATH.exec(path)?.[1];
  return id === undefined ? undefined : decodeURIComponent(id);
}

export function createNavigation({ open, arrived }: NavigationDeps): Navigation {
  async function show(room: string, path: string, push: boolean) {
    try {
      await open(room);
    } catch (error) {
      if (isPassing(error)) return; // No network: a page that is here beats the browser's own word for that.
      return location.assign(path); // The server has the words for what is wrong.
    }
    if (push && location.pathname !== path) history.pushState(null, "", path);
    arrived();
  }
  const back = () => {
    const room = roomOf(location.pathname);
    if (room === undefined) return location.reload();
    void show(room, location.pathname, false);
  };
  addEventListener("popstate", back);
  return {
    go: (room) => void show(room, `/rooms/${encodeURIComponent(room)}`, true),
    stop: () => removeEventListener("popstate", back),
  };
}
