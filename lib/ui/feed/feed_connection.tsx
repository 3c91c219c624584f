/** The feed's connection, in its header: "Live · SSE · 34 ms". The feed prefers the event stream. */
import { type ConnectionProps, fallbackWords, lookOf, transports, tripWords, words } from "../shell/connection.tsx";
import { Wave } from "../shell/wave.tsx";

export function FeedConnection({ connection, isOpen, onOpen }: ConnectionProps) {
  const { state, rtt, transport } = connection;
  const fallback = fallbackWords(connection, "sse");
  const { tone, mood } = lookOf(connection, "sse");
  const carrier = transport && (transport === "sse" ? "SSE" : transports[transport]);
  const trip = rtt === undefined ? [] : [tripWords(rtt)];
  const parts = state === "live" && carrier ? [words.live, carrier, ...trip] : [words[state]];
  return (
    <button
      class={`conn row scripted${tone}`}
      type="button"
      title={fallback}
      aria-haspopup="dialog"
      aria-expanded={isOpen ?? false}
      onClick={onOpen}
    >
      <Wave mood={mood} />
      <span class="vh">Connection:</span>
      <span class="num">{parts.join(" · ")}</span>
      {fallback && <span class="vh">{fallback}</span>}
    </button>
  );
}
