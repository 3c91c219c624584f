/** What is worth saying about the connection: nothing while it is live, and nothing for a blip. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Cancel, Clock } from "../lib/client/clock.ts";
import type { Status } from "../lib/client/live_client.ts";

export const GRACE_MS = 2_000;

export type Notice = "offline" | "reconnecting" | "signed_out" | "outdated";

/** A notice for a connection that has been away for 2 s, or that stays away. */
export function createNotice(status: ReadonlySignal<Status>, clock: Clock): ReadonlySignal<Notice | undefined> {
  const isLong = signal(false);
  const isAway = computed(() => status.value.state !== "live");
  let cancel: Cancel = () => {};
  effect(() => {
    cancel();
    if (isAway.value) cancel = clock.after(GRACE_MS, () => isLong.value = true);
    else isLong.value = false;
  });
  return computed(() => {
    const { state } = status.value;
    if (state === "signed_out" || state === "outdated") return state;
    if (state === "live" || !isLong.value) return undefined;
    return state === "offline" ? "offline" : "reconnecting";
  });
}
