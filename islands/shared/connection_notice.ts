/** What is worth saying about the connection: nothing while it is live as it should be, and nothing for a blip. */
import { computed, effect, type ReadonlySignal, signal } from "@preact/signals";
import type { Cancel, Clock } from "../../lib/client/connection/clock.ts";
import type { Status } from "../../lib/client/connection/live_client.ts";
import type { Presence } from "../../lib/protocol/presence.ts";

export const GRACE_MS = 2_000;
/** How long a fallback is announced; then only the indicator shows it. */
export const FALLBACK_NOTICE_MS = 20_000;

export type Notice = "fallback" | "offline" | "reconnecting" | "signed_out" | "outdated";

/** A notice for a connection that has been away for 2 s or stays away, and for one that came down to a fallback. */
export function createNotice(status: ReadonlySignal<Status>, clock: Clock): ReadonlySignal<Notice | undefined> {
  const isLong = signal(false);
  const isAway = computed(() => status.value.state !== "live");
  let cancel: Cancel = () => {};
  effect(() => {
    cancel();
    if (isAway.value) cancel = clock.after(GRACE_MS, () => isLong.value = true);
    else isLong.value = false;
  });
  const isFallback = computed(() => status.value.state === "live" && status.value.because !== undefined);
  const isAnnounced = signal(false);
  let cancelAnnounced: Cancel = () => {};
  effect(() => {
    cancelAnnounced();
    if (!isFallback.value) return void (isAnnounced.value = false);
    isAnnounced.value = true;
    cancelAnnounced = clock.after(FALLBACK_NOTICE_MS, () => isAnnounced.value = false);
  });
  return computed(() => {
    const { state } = status.value;
    if (state === "signed_out" || state === "outdated") return state;
    if (state === "live") return isAnnounced.value ? "fallback" : undefined;
    if (!isLong.value) return undefined;
    return state === "offline" ? "offline" : "reconnecting";
  });
}

/** Who is online, as far as one can know: while the connection is away nobody is shown so, `me` included. */
export function createKnownPresence(
  presence: ReadonlySignal<ReadonlyMap<string, Presence>>,
  notice: ReadonlySignal<Notice | undefined>,
  me: string,
): ReadonlySignal<ReadonlyMap<string, Presence>> {
  const isAway = computed(() => notice.value !== undefined && notice.value !== "fallback");
  return computed(() => {
    if (!isAway.value) return presence.value;
    return new Map([...presence.value.keys(), me].map((id) => [id, "offline"]));
  });
}
