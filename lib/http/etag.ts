/** Conditional requests (RFC 9110, §8.8.3 and §13.1.2). */

/** A strong validator of a body: its hash. */
export async function tagOf(body: string): Promise<string> {
  const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(body));
  return `"${new Uint8Array(hash).toBase64({ alphabet: "base64url", omitPadding: true }).slice(0, 27)}"`;
}

/** Whether `If-None-Match` names this tag; compared weakly, as a proxy may have packed the body meanwhile. */
export function notModified(header: string | undefined, etag: string): boolean {
  if (header === undefined) return false;
  return header.trim() === "*" || header.split(",").some((tag) => tag.trim().replace(/^W\//, "") === etag);
}
