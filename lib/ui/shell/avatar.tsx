import type { Presence } from "../../protocol/presence.ts";
import type { User } from "../../protocol/users.ts";

/** Classes `h0` to `h17` of the style sheet, 20 degrees of hue apart: the CSP allows no inline style. */
const HUES = 18;
const FNV_PRIME = 16_777_619;
const FNV_BASIS = 2_166_136_261;

export interface AvatarProps {
  /** Undefined while the person is not known yet. */
  user: User | undefined;
  size?: "s" | "m" | "xl";
  presence?: Presence;
}

/** A person's pebble. Decoration: the name stands beside it. */
export function Avatar({ user, size, presence }: AvatarProps) {
  const names = ["av", `h${hueOf(user?.id ?? "")}`];
  if (size) names.push(size);
  if (user?.role === "bot") names.push("bot");
  if (presence) names.push(presence === "online" ? "on" : "off");
  return <span class={names.join(" ")} aria-hidden="true">{initialsOf(user?.name ?? "")}</span>;
}

/** The first letters of the first and the last word: "Noor Haddad" is "NH". */
export function initialsOf(name: string): string {
  const words = name.split(/\s+/).filter((word) => word !== "");
  const picked = words.length > 1 ? [words[0], words.at(-1)] : words;
  return picked.map((word = "") => [...word][0] ?? "").join("").toUpperCase();
}

/** The same hue for the same id, everywhere and always (FNV-1a). */
function hueOf(id: string): number {
  let hash = FNV_BASIS;
  for (let i = 0; i < id.length; i++) hash = Math.imul(hash ^ id.charCodeAt(i), FNV_PRIME);
  return (hash >>> 0) % HUES;
}
