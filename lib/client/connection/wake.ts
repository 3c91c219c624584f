/** Notices when a page that slept or was hidden is back, and when its network went or came back. */
import { type Clock, since } from "./clock.ts";

const CHECK_EVERY_MS = 5_000;
/** A timer this late means that the machine slept. */
const GAP_MS = 15_000;
/** Browsers run the timers of a hidden page as rarely as once a minute. */
const HIDDEN_GAP_MS = 150_000;
/** Several of these signals come together; one is enough. */
const QUIET_MS = 1_000;

/** What is used of a window. */
export interface Page extends Pick<Window, "addEventListener" | "removeEventListener"> {
  document: Pick<Document, "addEventListener" | "removeEventListener" | "visibilityState">;
}

/** Calls `wake` at most once a second, and whenever the network goes, until the returned function is called. */
export function onWake(clock: Clock, page: Page, wake: () => void): () => void {
  let last = -Infinity;
  const fire = () => {
    if (since(last, clock) < QUIET_MS) return;
    last = clock.now();
    wake();
  };
  const visible = () => page.document.visibilityState === "visible" && fire();
  const shown = (event: PageTransitionEvent) => event.persisted && fire();
  page.document.addEventListener("visibilitychange", visible);
  page.addEventListener("pageshow", shown);
  page.addEventListener("online", fire);
  page.addEventListener("offline", wake); // Not counted: the network may be back within the second.

  let checked = clock.now();
  let cancel = () => {};
  const check = () => {
    const now = clock.now();
    const gap = page.document.visibilityState === "visible" ? GAP_MS : HIDDEN_GAP_MS;
    if (now - checked > CHECK_EVERY_MS + gap) fire();
    checked = now;
    cancel = clock.after(CHECK_EVERY_MS, check);
  };
  check();

  return () => {
    cancel();
    page.document.removeEventListener("visibilitychange", visible);
    page.removeEventListener("pageshow", shown);
    page.removeEventListener("online", fire);
    page.removeEventListener("offline", wake);
  };
}
