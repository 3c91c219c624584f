/** The quiet indicator of the connection: the wave moves for a while once data may come. */
import { Wave, type WaveMood } from "./wave.tsx";

export interface ConnectionState {
  state: "connecting" | "live" | "reconnecting" | "offline" | "signed_out" | "outdated";
  /** The last round trip in ms. */
  rtt?: number;
  transport?: keyof typeof transports;
  /** Why it is not the transport that we prefer. */
  because?: keyof typeof reasons;
}

export const transports = { ws: "WebSocket", sse: "event stream", poll: "long-poll" } as const;
const reasons = {
  blocked: "was blocked",
  cut: "was cut off as it opened",
  silent: "didn't respond",
  unstable: "kept dropping",
} as const;

/** The transport that a page prefers: a WebSocket for the chat, an event stream for the feed. */
export type Preferred = "ws" | "sse";

/** Names the transport, and why it is not the preferred one: "Live by long-poll: the WebSocket was blocked". */
export function fallbackWords(
  { state, transport, because }: ConnectionState,
  preferred: Preferred = "ws",
): string | undefined {
  if (state !== "live" || !transport || !because) return undefined;
  const reason = preferred === "sse" && because === "silent" ? "was buffered" : reasons[because];
  return `Live by ${transports[transport]}: the ${transports[preferred]} ${reason}`;
}

/** The look of a connection: its colour by class, and how the wave moves. */
export function lookOf(connection: ConnectionState, preferred: Preferred): { tone: string; mood: WaveMood } {
  switch (connection.state) {
    case "live":
      return { tone: fallbackWords(connection, preferred) ? " slow" : "", mood: "moving" };
    case "connecting":
      return { tone: " dim", mood: "still" };
    case "reconnecting":
      return { tone: " slow", mood: "still" };
    default:
      return { tone: " cut-off", mood: "flat" };
  }
}

/** "34 ms" */
export function tripWords(rtt: number): string {
  return `${Math.max(1, Math.round(rtt))} ms`;
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
  /** Shows the inspector; left out without script. */
  onOpen?(): void;
}

export function Connection({ connection, isOpen, onOpen }: ConnectionProps) {
  const { state, rtt } = connection;
  const fallback = fallbackWords(connection);
  const { tone, mood } = lookOf(connection, "ws");
  // The words of what passes would move the wave, and take the room of the name beside it: the wave says it alone.
  const isPassing = state === "connecting" || state === "reconnecting";
  const shown = (
    <>
      <Wave mood={mood} />
      <span class="vh">Connection: {fallback}</span>
      <span class={isPassing ? "vh" : "num"}>
        {state === "live" && rtt !== undefined ? tripWords(rtt) : words[state]}
      </span>
    </>
  );
  const given = { class: `conn row${tone}`, title: fallback };
  // It is no button if it does nothing: a page without script has no dead buttons.
  if (!onOpen) return <span {...given}>{shown}</span>;
  return (
    <button {...given} type="button" aria-haspopup="dialog" aria-expanded={isOpen ?? false} onClick={onOpen}>
      {shown}
    </button>
  );
}
