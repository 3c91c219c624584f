/**
 * What is shown once after a form: it comes with the redirect in a cookie that scripts can't read, and the page that
 * shows it clears it. So the page has an address that can be opened and reloaded without posting again.
 */
import type { Context } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { commands, type Output } from "../../../lib/protocol/commands.ts";
import { isSecure, portOf } from "../../../lib/server/http/cookie.ts";
import type { Env } from "../../../lib/server/http/env.ts";

/** Long enough for a redirect, short enough that it is nowhere afterwards. */
const KEPT_S = 60;
const PATH = "/settings";

export type ShownOnce =
  | { section: "invites"; made: Output<"invites.create"> }
  | { section: "tokens"; token: Output<"tokens.create"> }
  | { section: "feeds"; feeds: Output<"feedTokens.rotate"> };

export function keepShownOnce(c: Context<Env>, shown: ShownOnce): void {
  setCookie(c, nameOf(c), JSON.stringify(shown), { ...flagsOf(c), maxAge: KEPT_S });
}

/** What the form before left for this page. Anybody on this host may set a cookie: only links of ours are shown. */
export function takeShownOnce(c: Context<Env>): ShownOnce | undefined {
  const text = getCookie(c, nameOf(c));
  if (text === undefined) return undefined;
  deleteCookie(c, nameOf(c), flagsOf(c));
  try {
    return parse(JSON.parse(text), `${c.get("origin")}/`);
  } catch {
    return undefined; // It is not of ours.
  }
}

function parse(value: Record<string, unknown>, ours: string): ShownOnce | undefined {
  const { section } = value;
  if (section === "tokens") return { section, token: commands["tokens.create"].output.parse(value.token) };
  if (section === "invites") {
    const made = commands["invites.create"].output.parse(value.made);
    return made.url.startsWith(ours) ? { section, made } : undefined;
  }
  const feeds = commands["feedTokens.rotate"].output.parse(value.feeds);
  return feeds.json.startsWith(ours) && feeds.atom.startsWith(ours) ? { section: "feeds", feeds } : undefined;
}

/** With the port, since cookies know none. */
function nameOf(c: Context<Env>): string {
  return `shown_once_${portOf(c.get("origin"))}`;
}

function flagsOf(c: Context<Env>) {
  return { path: PATH, httpOnly: true, sameSite: "Lax", secure: isSecure(c.get("origin")) } as const;
}
