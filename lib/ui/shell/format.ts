/** Formats times for the reader: the server in the zone that the browser named, the browser in its own. */

const LOCALE = "en-GB";
const DAY_MS = 86_400_000;
/** From so many days on, the name of a weekday would mean another day. */
const WEEK_DAYS = 7;

/** A page uses six, of one zone. */
export const FORMATTERS_MAX = 500;

/** By kind and zone, the oldest first. A `Map`: lru-cache would add 4 KB to the first load of each page. */
const formatters = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string, kind: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const name = `${kind} ${zone}`;
  const known = formatters.get(name);
  if (known) return known;
  const made = new Intl.DateTimeFormat(LOCALE, { ...options, timeZone: zone });
  const [oldest] = formatters.keys();
  if (formatters.size >= FORMATTERS_MAX && oldest !== undefined) formatters.delete(oldest);
  formatters.set(name, made);
  return made;
}

/** "09:44" */
export function clockTime(at: number, zone: string): string {
  return formatter(zone, "clock", { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

/** "2026-05-14": the day that `at` is in. */
export function dayOf(at: number, zone: string): string {
  return formatter(zone, "day", { year: "numeric", month: "2-digit", day: "2-digit" })
    .format(at).split("/").reverse().join("-");
}

/** "Today", "Yesterday", "Monday" within a week; else "Thursday 14 May", with the year if it isn't this one. */
export function dayLabel(at: number, zone: string, now: number): string {
  const days = daysBetween(dayOf(at, zone), dayOf(now, zone));
  if (days === 0) return "Today";
  if (days === 1) return "Yesterday";
  if (days > 1 && days < WEEK_DAYS) return formatter(zone, "weekday", { weekday: "long" }).format(at);
  const isThisYear = dayOf(at, zone).slice(0, 4) === dayOf(now, zone).slice(0, 4);
  const parts = { weekday: "long", day: "numeric", month: "long" } as const;
  return isThisYear ? formatter(zone, "date", parts).format(at).replace(",", "") : fullDay(at, zone);
}

/** "Thursday 14 May 2026" */
export function fullDay(at: number, zone: string): string {
  const parts = { weekday: "long", day: "numeric", month: "long", year: "numeric" } as const;
  return formatter(zone, "full date", parts).format(at).replace(",", "");
}

/** "14 May" */
export function dayAndMonth(at: number, zone: string): string {
  return formatter(zone, "day and month", { day: "numeric", month: "long" }).format(at);
}

/** Takes days as `dayOf` gives them. */
function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS);
}

/** A time as one says it now: "09:44", "yesterday 09:44", "Monday 09:44", "Thursday 14 May 09:44". */
export function dayTime(at: number, zone: string, now: number): string {
  const label = dayLabel(at, zone, now);
  const time = clockTime(at, zone);
  return label === "Today" ? time : `${label === "Yesterday" ? "yesterday" : label} ${time}`;
}

/** "14 May 2026, 09:44" */
export function fullTime(at: number, zone: string): string {
  return formatter(zone, "full", { day: "numeric", month: "short", year: "numeric" }).format(at) +
    `, ${clockTime(at, zone)}`;
}

/** For `datetime` attributes: "2026-05-14T09:44:00.000Z". */
export function isoTime(at: number): string {
  return new Date(at).toISOString();
}

/** Made at first use: its data takes the runtime 20 ms to load. */
let numbers: Intl.NumberFormat | undefined;

/** "1 message", "3 messages" */
export function counted(count: number, one: string, many = `${one}s`): string {
  numbers ??= new Intl.NumberFormat(LOCALE);
  return `${numbers.format(count)} ${count === 1 ? one : many}`;
}

/** Loads the runtime's data for formatting and comparing, which would hold the server up for 30 ms at first use. */
export function warmFormats(zone: string): void {
  const [now, then] = [Date.now(), 0];
  clockTime(now, zone);
  dayLabel(now, zone, now);
  dayLabel(then, zone, now);
  dayLabel(now - 3 * DAY_MS, zone, now);
  fullTime(now, zone);
  counted(1_000, "message");
  "a".localeCompare("\u00e9", "en");
}
