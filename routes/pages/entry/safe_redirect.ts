/** Where to go after signing in: only ever a place here (lib/protocol/README.md §1). */

const BASE = "http://localhost";
/** One leading slash, not two, and none that a browser reads as one; control characters it would drop. */
const LOCAL = /^\/(?![/\\])\P{Cc}*$/u;

/** `next` as an address that stays on this site, or undefined where it is none. */
export function safeRedirect(next: string | undefined): string | undefined {
  if (next === undefined || !LOCAL.test(next)) return undefined;
  const url = URL.parse(next, BASE);
  if (!url || url.origin !== BASE) return undefined;
  const local = url.pathname + url.search + url.hash;
  return LOCAL.test(local) ? local : undefined; // "/.//evil.example" only now starts with two
}

/** "/sign-in?next=…" that keeps `next`, if there is one. */
export function signInPath(next: string | undefined): string {
  return next === undefined || next === "/" ? "/sign-in" : `/sign-in?next=${encodeURIComponent(next)}`;
}
