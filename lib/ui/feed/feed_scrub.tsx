/** The time scrubber: a histogram of a span, and the point from which it is replayed. */
import { clockTime, dayLabel, dayOf } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";

const BARS = 120;
const BAR_WIDTH = 5; // units, gap included
const BAR_GAP = 1.6;
const HEIGHT = 36;
const LEAST = 1.5; // the height of a bar without entries
const HALF_HOUR_MS = 1_800_000;
const DAY_MS = 48 * HALF_HOUR_MS;
/** The thumb moves by this. */
const STEP_MS = 60_000;
/** The step of a span of a day, and of longer ones. */
const TICKS = 4;
const TICKS_MAX = 7;
/** Labels closer than this part of the span would overlap; the second figure is for phones. */
const NEAR = 10;
const NEAR_NARROW = 5;

export interface FeedScrubProps {
  /** The times of the entries, ms since 1970. */
  items: readonly { at: number }[];
  /** The span, ms since 1970. */
  from: number;
  to: number;
  /** The replay starts here. */
  start: number;
  /** Entries up to here were seen; undefined if none was. */
  seenAt: number | undefined;
  zone: string;
  isPlaying: boolean;
  onStart?(at: number): void;
  onPlay?(): void;
}

export function FeedScrub({ items, from, to, start, seenAt, zone, isPlaying, onStart, onPlay }: FeedScrubProps) {
  const { seen, fresh } = bars(items, from, to, seenAt);
  const place = (at: number) => `${((at - from) / (to - from) * 100).toFixed(1)}%`;
  const isShort = to - from <= DAY_MS;
  const label = (at: number) => isShort ? clockTime(at, zone) : dayLabel(at, zone, to).split(" ").slice(1).join(" ");
  const isAtSeen = seenAt !== undefined && Math.abs(start - seenAt) < STEP_MS;
  const clamped = Math.min(Math.max(start, from), to);
  const isFar = (at: number, near: number) => {
    const apart = (to - from) / near;
    // At an end the label of the start stands beside its point, not around it.
    const middle = Math.min(Math.max(clamped, from + apart / 2), to - apart / 2);
    return Math.abs(at - middle) > apart;
  };
  return (
    <section class="scrub scripted" aria-label="Replay">
      <button class="btn" type="button" aria-label={isPlaying ? "Pause" : "Replay"} onClick={onPlay}>
        <Icon name={isPlaying ? "pause" : "play"} small />
        <span class="wide-lbl">{isPlaying ? "Pause" : "Replay"}</span>
      </button>
      <div class="plot">
        <svg viewBox={`0 0 ${BARS * BAR_WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
          <path d={seen} />
          <path class="un" d={fresh} />
        </svg>
        <input
          type="range"
          min={from}
          max={to}
          step={STEP_MS}
          value={clamped}
          aria-label="Replay from"
          aria-valuetext={`${dayWords(clamped, to, zone)} ${clockTime(clamped, zone)}${
            isAtSeen ? ", where you left off" : ""
          }`}
          onInput={(event) => onStart?.(event.currentTarget.valueAsNumber)}
        />
        <svg class="axis" aria-hidden="true">
          {ticks(from, to, zone).map((at, i) =>
            isFar(at, NEAR) && (
              <text
                key={at}
                class={i % 2 || !isFar(at, NEAR_NARROW) ? "wide-only" : undefined}
                x={place(at)}
                y="14"
                text-anchor="middle"
              >
                {label(at)}
              </text>
            )
          )}
          <text class="acc" x={place(clamped)} y="14" text-anchor={anchor((clamped - from) / (to - from))}>
            {label(clamped)}
          </text>
        </svg>
      </div>
    </section>
  );
}

/** Two drawings of one histogram: of seen entries, and of times with newer ones. The tallest bar is the busiest. */
function bars(
  items: readonly { at: number }[],
  from: number,
  to: number,
  seenAt = -Infinity,
): { seen: string; fresh: string } {
  const width = (to - from) / BARS;
  const counts = new Array<number>(BARS).fill(0);
  const news = new Set<number>();
  for (const { at } of items) {
    const bar = Math.min(BARS - 1, Math.floor((at - from) / width));
    if (bar < 0) continue;
    counts[bar] = (counts[bar] ?? 0) + 1;
    if (at > seenAt) news.add(bar);
  }
  const most = Math.max(1, ...counts);
  const draw = (areNew: boolean) =>
    counts.map((count, bar) => {
      if (news.has(bar) !== areNew) return "";
      const height = Math.max(LEAST, HEIGHT * Math.sqrt(count / most));
      const wide = BAR_WIDTH - BAR_GAP;
      return `M${bar * BAR_WIDTH} ${HEIGHT}v-${height.toFixed(1)}h${wide}v${height.toFixed(1)}z`;
    }).join("");
  return { seen: draw(false), fresh: draw(true) };
}

/** Labels for every six hours of the reader's day, or for the midnights of a longer span. */
function ticks(from: number, to: number, zone: string): number[] {
  const days = (to - from) / DAY_MS;
  const step = days <= 1 ? DAY_MS / TICKS : DAY_MS * Math.ceil(days / TICKS_MAX);
  let first = Math.ceil(from / HALF_HOUR_MS) * HALF_HOUR_MS; // Nearly all zones differ by whole half hours.
  while (clockTime(first, zone) !== "00:00" && first < from + DAY_MS) first += HALF_HOUR_MS;
  const found: number[] = [];
  for (let at = first - Math.floor((first - from) / step) * step; at < to; at += step) {
    if (at > from + (to - from) / NEAR / 2 && at < to - (to - from) / NEAR / 2) found.push(at);
  }
  return found;
}

function anchor(part: number): "start" | "middle" | "end" {
  return part < .05 ? "start" : part > .95 ? "end" : "middle";
}

function dayWords(at: number, now: number, zone: string): string {
  const day = dayOf(at, zone);
  if (day === dayOf(now, zone)) return "Today";
  return day === dayOf(now - DAY_MS, zone) ? "Yesterday" : dayLabel(at, zone, now);
}
