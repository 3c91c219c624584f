/** What carries the feed, in its header: "Live · SSE · 34 ms". The feed prefers the event stream. */
import { type ConnectionProps, type ConnectionState, words } from "../shell/connection.tsx";
import { Wave } from "../shell/wave.tsx";

const transports = { ws: "WebSocket", sse: "SSE", poll: "long-poll" } as const;
const reasons = {
  blocked: "the event stream was blocked",
  cut: "the event stream was cut off as it opened",
  silent: "the event stream was buffered",
  unstable: "the event stream kept breaking",
} as const;

/** What carries it and why, if it is not what we prefer: "Live by long-poll: the event stream was buffered". */
export function feedFallbackWords({ state, transport, because }: ConnectionState): string | undefined {
  if (state !== "live" || !transport || !because) return undefined;
  return `Live by ${transports[transport]}: ${reasons[because]}`;
}

export function FeedConnection({ connection, isOpen, onOpen }: ConnectionProps) {
  const { state, rtt, transport } = connection;
  const fallback = feedFallbackWords(connection);
  const isAway = state === "offline" || state === "signed_out" || state === "outdated";
  const tone = state === "live" && !fallback ? "" : isAway ? " cut-off" : state === "connecting" ? " dim" : " slow";
  const trip = rtt === undefined ? [] : [`${Math.max(1, Math.round(rtt))} ms`];
  const parts = state === "live" && transport ? [words.live, transports[transport], ...trip] : [words[state]];
  return (
    <button
      class={`conn row scripted${tone}`}
      type="button"
      title={fallback}
      aria-haspopup="dialog"
      aria-expanded={isOpen ?? false}
      onClick={onOpen}
    >
      <Wave mood={state === "live" ? "moving" : isAway ? "flat" : "still"} />
      <span class="vh">Connection:</span>
      <span class="num">{parts.join(" · ")}</span>
      {fallback && <span class="vh">{fallback}</span>}
    </button>
  );
}
