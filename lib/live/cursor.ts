/**
 * The cursor of an event stream: the position in every stream that it follows, and what became of those that ended, so
 * that after a reconnect they are gone again instead of beginning anew (PROTOCOL.md §5). Opaque to clients.
 */
import { type GoneReason, goneReason } from "../protocol/frames.ts";

export interface Cursor {
  /** stream → offset */
  offsets: Record<string, string>;
  /** stream → why nothing more comes of it */
  ended: Record<string, GoneReason>;
}

const CURSOR_MAX = 8_192; // characters; it travels in a header
const ENDED = "!"; // no offset begins with it

export function formatCursor({ offsets, ended }: Cursor): string {
  const entries = [
    ...Object.entries(offsets),
    ...Object.entries(ended).map(([stream, reason]) => [stream, ENDED + reason]),
  ];
  const bytes = new TextEncoder().encode(JSON.stringify(entries));
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

/** The parts of a cursor, or undefined for a text that is none. */
export function parseCursor(text: string): Cursor | undefined {
  if (text.length > CURSOR_MAX) return undefined;
  let entries: unknown;
  try {
    entries = JSON.parse(new TextDecoder().decode(Uint8Array.fromBase64(text, { alphabet: "base64url" })));
  } catch {
    return undefined;
  }
  if (!Array.isArray(entries)) return undefined;
  const offsets: [string, string][] = [];
  const ended: [string, GoneReason][] = [];
  for (const entry of entries) {
    if (!Array.isArray(entry)) return undefined;
    const [stream, place] = entry;
    if (typeof stream !== "string" || typeof place !== "string") return undefined;
    if (!place.startsWith(ENDED)) {
      offsets.push([stream, place]);
      continue;
    }
    const reason = goneReason.safeParse(place.slice(ENDED.length));
    if (!reason.success) return undefined;
    ended.push([stream, reason.data]);
  }
  return { offsets: Object.fromEntries(offsets), ended: Object.fromEntries(ended) };
}
