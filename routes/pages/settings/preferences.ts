/** What this browser remembers for its pages, in cookies, so that the first paint is already right. */
import type { Context } from "hono";
import { getCookie, setCookie } from "hono/cookie";
import { portOf } from "../../../lib/server/http/cookie.ts";
import type { Env } from "../../../lib/server/http/env.ts";

const KEPT_S = 365 * 86_400;
export const DEFAULT_ZONE = "UTC";
/** Stands where a room's id would: none is as short. */
export const FEED = "feed";
const ROOM_ID = /^[A-Za-z0-9_-]{1,64}$/;

export const themes = ["system", "light", "dark"] as const;
export type Theme = (typeof themes)[number];

export function readTheme(c: Context<Env>): Theme {
  return themes.find((theme) => theme === getCookie(c, "theme")) ?? "system";
}

export function keepTheme(c: Context<Env>, theme: Theme): void {
  keep(c, "theme", theme);
}

/** The room to come back to, or `FEED`; the island keeps it as rooms are gone through. */
export function readLastRoom(c: Context<Env>): string | undefined {
  const last = getCookie(c, roomName(c));
  return ROOM_ID.test(last ?? "") ? last : undefined;
}

export function keepLastRoom(c: Context<Env>, room: string): void {
  if (ROOM_ID.test(room)) keep(c, roomName(c), room);
}

/** The feed is what to come back to, until a room is opened. */
export function keepFeedLast(c: Context<Env>): void {
  keep(c, roomName(c), FEED);
}

/** The reader's time zone as the island sent it, UTC before. */
export function readZone(c: Context<Env>): string {
  const zone = getCookie(c, "zone");
  if (zone === undefined) return DEFAULT_ZONE;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return DEFAULT_ZONE;
  }
}

/** With the port, as the island names it: cookies know none, and the host may have another server with other rooms. */
function roomName(c: Context<Env>): string {
  return `room_${portOf(c.get("origin"))}`;
}

function keep(c: Context<Env>, name: string, value: string): void {
  setCookie(c, name, value, {
    path: "/",
    sameSite: "Lax",
    secure: c.get("origin").startsWith("https:"),
    maxAge: KEPT_S,
  });
}
