/** Which encoding an answer goes out in. Where it has an ETag, each encoding has a tag of its own (RFC 9110 §8.8.3). */
import { promisify } from "node:util";
import { brotliCompress, constants, gzip } from "node:zlib";
import type { Context } from "hono";

const BROTLI_QUALITY = 4; // of 11: what is encoded here is made anew for each request

export type Encoding = "br" | "gzip";

/** The best encoding that the reader names and doesn't weigh with 0 (RFC 9110 §12.5.3); undefined: as it is. */
export function encodingFor(c: Context): Encoding | undefined {
  const named = new Set<string>();
  for (const one of (c.req.header("accept-encoding") ?? "").split(",")) {
    const [name = "", ...rest] = one.split(";").map((part) => part.trim().toLowerCase());
    if (!rest.some((part) => /^q=0(\.0*)?$/.test(part))) named.add(name);
  }
  return named.has("br") ? "br" : named.has("gzip") || named.has("x-gzip") ? "gzip" : undefined;
}

/** The headers of an answer in this encoding, which is one of several. */
export function encodingHeaders(encoding: Encoding | undefined): Record<string, string> {
  return { "vary": "accept-encoding", ...(encoding && { "content-encoding": encoding }) };
}

/** An ETag of `name`, in this encoding. */
export function encodedTag(name: string, encoding: Encoding | undefined): string {
  return `"${name}${encoding === undefined ? "" : `-${encoding}`}"`;
}

const quick = { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } };
const [toGzip, toBrotli] = [promisify(gzip), promisify(brotliCompress)];

/** The text in this encoding. It is encoded on a thread of its own. */
export async function encoded(text: string, encoding: Encoding | undefined): Promise<string | Uint8Array<ArrayBuffer>> {
  if (encoding === undefined) return text;
  const bytes = new TextEncoder().encode(text);
  return Uint8Array.from(await (encoding === "br" ? toBrotli(bytes, quick) : toGzip(bytes)));
}
