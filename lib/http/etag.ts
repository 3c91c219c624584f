/** Conditional requests (RFC 9110, §8.8.3 and §13.1.2). */

/** A validator of a body: its hash. Weak, since the runtime makes it so where it compresses; a 304 must name the same. */
export async function tagOf(body: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  return `W/"${new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true }).slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this tag, by the weak comparison that it asks for. */
export function notModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  const strong = (tag: string) => tag.trim().replace(/^W\//, "");
  return header.trim() === "*" || header.split(",").some((tag) => strong(tag) === strong(etag));
}
