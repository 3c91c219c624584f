import type { RoundTrip } from "../../lib/client/connection/history.ts";

const SPAN_MS = 300_000;
const WIDTH = 120;
const HEIGHT = 44;
const EDGE = 4; // above and below the line
const P95 = 0.95;

/** The round trip now, and a line of the last 5 minutes. */
export function RoundTrips({ trips, now }: { trips: readonly RoundTrip[]; now: number }) {
  const shown = trips.filter((it) => now - it.at <= SPAN_MS);
  const sorted = shown.map((it) => Math.max(1, Math.round(it.ms))).sort((a, b) => a - b);
  const last = shown.at(-1);
  const [least = 0] = sorted;
  const most = sorted.at(-1) ?? 0;
  const p95 = sorted[Math.ceil(sorted.length * P95) - 1] ?? 0;
  const current = last ? Math.max(1, Math.round(last.ms)) : undefined;
  return (
    <figure class="chart">
      <figcaption class="row">
        <span class="grow mid">Round trip</span>
        {current === undefined ? <span>not measured yet</span> : (
          <>
            <b class="num">{current} ms</b>
            <small class="num">p95 {p95}</small>
          </>
        )}
      </figcaption>
      <svg
        class="c"
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        role="img"
        aria-label={current === undefined
          ? "No round trips measured in the last 5 minutes"
          : `Round trip over the last 5 minutes, from ${least} to ${most}, now ${current} milliseconds`}
      >
        <path class="ln" d={lineOf(shown, now, most)} />
      </svg>
      <div class="axis">
        <span>5 min ago</span>
        <span>now</span>
      </div>
    </figure>
  );
}

/** From the left edge 5 minutes ago to the right edge now; the higher the longer. */
function lineOf(trips: readonly RoundTrip[], now: number, most: number): string {
  const points = trips.map(({ at, ms }) => {
    const x = WIDTH * (1 - (now - at) / SPAN_MS);
    const y = HEIGHT - EDGE - (HEIGHT - 2 * EDGE) * Math.min(1, ms / Math.max(1, most));
    return `${x.toFixed(1)} ${y.toFixed(1)}`;
  });
  const [first] = points;
  if (first === undefined) return "";
  return `M${points.join("L")}H${WIDTH}`;
}
