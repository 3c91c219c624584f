/**
 * Conditional requests (RFC 9110, §8.8.3 and §13.1.2). Not Hono's `etag`, which hashes every body as it goes out: ours
 * are known before a body is made, and each encoding has its own.
 */
import { createHash } from "node:crypto";

const HASH_CHARS = 27; // of base64: 162 bits

/** Names a body by its hash, for an ETag. */
export function hashOf(body: string): string {
  return createHash("sha256").update(body).digest("base64url").slice(0, HASH_CHARS);
}

/**
 * Whether `If-None-Match` names this tag, by the weak comparison that it asks for: `*`, or a list of tags, weak or not.
 * A tag may have commas in it; what is not quoted is none.
 */
export function notModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  if (header.trim() === "*") return true;
  const [wanted] = opaque(etag);
  return opaque(header).includes(wanted ?? "");
}

/** What is in quotes. */
function opaque(tags: string): string[] {
  return tags.match(/"[^"]*"/g) ?? [];
}
