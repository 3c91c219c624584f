/**
 * The cursor of an event stream: the position in every stream that it follows, and why the others ended, so that after
 * a reconnect these are gone again instead of starting from the beginning (lib/protocol/README.md §5). Opaque to
 * clients.
 */
import { type GoneReason, goneReason } from "../../../protocol/frames.ts";

export interface Cursor {
  /** stream → offset */
  offsets: ReadonlyMap<string, string>;
  /** stream → why nothing more comes of it */
  ended: ReadonlyMap<string, GoneReason>;
}

const CURSOR_MAX = 8_192; // characters; it is sent in a header
const ENDED = "!"; // no offset begins with it
const utf8 = new TextEncoder();
let last = { entries: "", text: "" }; // many clients follow the same streams, and reach a position one after the other

/** The cursor's text. */
export function formatCursor({ offsets, ended }: Cursor): string {
  const entries = JSON.stringify([
    ...offsets,
    ...[...ended].map(([stream, reason]) => [stream, ENDED + reason]),
  ]);
  if (last.entries !== entries) {
    last = { entries, text: utf8.encode(entries).toBase64({ alphabet: "base64url", omitPadding: true }) };
  }
  return last.text;
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
  const offsets = new Map<string, string>();
  const ended = new Map<string, GoneReason>();
  for (const entry of entries) {
    if (!Array.isArray(entry)) return undefined;
    const [stream, place] = entry;
    if (typeof stream !== "string" || typeof place !== "string") return undefined;
    if (!place.startsWith(ENDED)) {
      offsets.set(stream, place);
      continue;
    }
    const reason = goneReason.safeParse(place.slice(ENDED.length));
    if (!reason.success) return undefined;
    ended.set(stream, reason.data);
  }
  return { offsets, ended };
}
