/**
 * Finds where a bare address in an emphasis ends: in `*https://a.b*` before the star. Findings about a text are kept
 * while it is parsed, so that many addresses in it cost no more than their length.
 */
import type { Delimiter, StateInline } from "markdown-it";

/** The findings about a paragraph. */
interface Known {
  posMax: number;
  /** The space or `<` at `breakAt` is the first behind `breakFrom`. */
  breakFrom: number;
  breakAt: number;
  /** Where each marker may close an emphasis, in order. */
  closings: Map<string, number[]> | undefined;
}

/** The markers that are open behind the first delimiters of a paragraph. */
interface Open {
  count: number;
  markers: Map<number, number>;
  before: Delimiter | undefined;
  /** So many may be closed by the run of `before`, whose own markers don't close each other. */
  closes: number;
}

const known = new WeakMap<StateInline, Known>();
const opened = new WeakMap<Delimiter[], Open>();

/** Where an address from `start` must end: at a space or `<`, or at the marker that closes an open emphasis. */
export function endOfAddress(state: StateInline, start: number): number {
  const about = knownOf(state);
  if (start < about.breakFrom || start > about.breakAt) {
    const space = state.src.slice(start, state.posMax).search(/[\s<>]/);
    about.breakFrom = start;
    about.breakAt = space < 0 ? state.posMax : start + space;
  }
  let end = about.breakAt;
  for (const marker of openMarkers(state.delimiters)) {
    about.closings ??= closingsOf(state);
    end = firstFrom(about.closings.get(marker) ?? [], start, end);
  }
  return end;
}

function knownOf(state: StateInline): Known {
  const { posMax } = state;
  let about = known.get(state);
  if (about?.posMax !== posMax) {
    about = { posMax, breakFrom: posMax + 1, breakAt: posMax, closings: undefined };
    known.set(state, about);
  }
  return about;
}

function closingsOf(state: StateInline): Map<string, number[]> {
  const { src, posMax } = state;
  const closings = new Map<string, number[]>([["*", []], ["_", []], ["~", []]]);
  for (let at = state.src.search(/[*_~]/); at >= 0 && at < posMax; at++) {
    const marker = src[at] ?? "";
    const places = closings.get(marker);
    if (!places) continue;
    const { can_close, length } = state.scanDelims(at, marker !== "_");
    const isRun = marker !== "~" || length > 1;
    // "Foo_(bar)" is a name in many addresses.
    const isName = marker === "_" && /^[(\[{]/.test(src.slice(at + length, at + length + 1));
    if (can_close && isRun && !isName) places.push(at);
    at += length - 1;
  }
  return closings;
}

/** The first of these places from `start` on that is before `end`, or `end`. */
function firstFrom(places: number[], start: number, end: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((places[middle] ?? 0) < start) low = middle + 1;
    else high = middle;
  }
  return Math.min(places[low] ?? end, end);
}

/** The markers that an emphasis, open behind these delimiters, waits for. */
function openMarkers(delimiters: Delimiter[]): string[] {
  const open = opened.get(delimiters) ?? { count: 0, markers: new Map(), before: undefined, closes: 0 };
  opened.set(delimiters, open);
  for (; open.count < delimiters.length; open.count++) {
    const delimiter = delimiters[open.count];
    if (!delimiter) break;
    const { marker, token } = delimiter;
    const count = open.markers.get(marker) ?? 0;
    if (open.before?.marker !== marker || open.before.token !== token - 1) open.closes = count;
    open.before = delimiter;
    if (delimiter.close && open.closes > 0) {
      open.markers.set(marker, count - 1);
      open.closes--;
    } else if (delimiter.open) open.markers.set(marker, count + 1);
  }
  return [...open.markers].flatMap(([marker, count]) => count > 0 ? [String.fromCharCode(marker)] : []);
}
