/** The quiet indicator of the connection: the wave moves only while data may come. */
import { Wave } from "./wave.tsx";

export interface ConnectionState {
  state: "connecting" | "live" | "reconnecting" | "offline" | "signed_out" | "outdated";
  /** The last round trip in ms. */
  rtt?: number;
}

const words = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
  signed_out: "Signed out",
  outdated: "Reload needed",
} as const;

export function Connection({ connection: { state, rtt } }: { connection: ConnectionState }) {
  const isLive = state === "live";
  const isAway = state === "offline" || state === "signed_out" || state === "outdated";
  const tone = isLive ? "" : isAway ? " cut-off" : state === "reconnecting" ? " slow" : " dim";
  return (
    <span class={`conn row${tone}`}>
      <Wave mood={isLive ? "moving" : isAway ? "flat" : "still"} />
      <span class="vh">Connection:</span>
      <span class="num">{isLive && rtt !== undefined ? `${Math.max(1, Math.round(rtt))} ms` : words[state]}</span>
    </span>
  );
}
