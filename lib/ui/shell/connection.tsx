/** The quiet indicator of the connection: the wave moves only while data may come. */
import { Wave } from "./wave.tsx";

export interface ConnectionState {
  state: "connecting" | "live" | "reconnecting" | "offline" | "signed_out" | "outdated";
  /** The last round trip in ms. */
  rtt?: number;
  transport?: keyof typeof transports;
  /** Why it is not the transport that we prefer. */
  because?: keyof typeof reasons;
}

const transports = { ws: "WebSocket", sse: "event stream", poll: "long-poll" } as const;
const reasons = {
  blocked: "the WebSocket was blocked",
  cut: "the WebSocket was cut off as it opened",
  silent: "the WebSocket said nothing",
  unstable: "the WebSocket kept breaking",
} as const;

/** What carries a live connection and why, if it is not what we prefer: "Live by long-poll: the WebSocket was blocked". */
export function fallbackWords({ state, transport, because }: ConnectionState): string | undefined {
  if (state !== "live" || !transport || !because) return undefined;
  return `Live by ${transports[transport]}: ${reasons[because]}`;
}

export const words = {
  connecting: "Connecting",
  live: "Live",
  reconnecting: "Reconnecting",
  offline: "Offline",
  signed_out: "Signed out",
  outdated: "Reload needed",
} as const;

export interface ConnectionProps {
  connection: ConnectionState;
  /** The inspector is open. */
  isOpen?: boolean;
  /** Shows the inspector; left out where there is no script. */
  onOpen?(): void;
}

export function Connection({ connection, isOpen, onOpen }: ConnectionProps) {
  const { state, rtt } = connection;
  const fallback = fallbackWords(connection);
  const isLive = state === "live";
  const isAway = state === "offline" || state === "signed_out" || state === "outdated";
  const tone = fallback ? " slow" : isLive ? "" : isAway ? " cut-off" : state === "reconnecting" ? " slow" : " dim";
  const shown = (
    <>
      <Wave mood={isLive ? "moving" : isAway ? "flat" : "still"} />
      <span class="vh">Connection: {fallback}</span>
      <span class="num">{isLive && rtt !== undefined ? `${Math.max(1, Math.round(rtt))} ms` : words[state]}</span>
    </>
  );
  const given = { class: `conn row${tone}`, title: fallback };
  // Another element where it does nothing: a page without script has no dead buttons.
  if (!onOpen) return <span {...given}>{shown}</span>;
  return (
    <button {...given} type="button" aria-haspopup="dialog" aria-expanded={isOpen ?? false} onClick={onOpen}>
      {shown}
    </button>
  );
}
