/** Names of streams and the two words that stand for offsets (lib/protocol/README.md §4). */
import * as z from "zod/mini";

export const FEED = "feed";
/** The offset before the oldest kept event. */
export const OLDEST = "-1";
/** The tail, when it is read. */
export const NOW = "now";

/** Whether an offset is one of the two words, which name no place by themselves. */
export const isWord = (offset: string | undefined): boolean => offset === NOW || offset === OLDEST;

/**
 * Offsets by stream, as a client sends them. By hand, since `z.record` drops a stream named `__proto__`: nobody would
 * be told that it is not there.
 */
export const offsetsByStream = z.custom<Record<string, string>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "must be offsets by stream",
).check(({ value, issues }) => {
  for (const [stream, offset] of Object.entries(value)) {
    if (typeof offset === "string") continue;
    issues.push({ code: "custom", input: offset, path: [stream], message: "must be an offset" });
  }
});

const ID = /^[A-Za-z0-9_-]{1,64}$/;

export const roomStream = (room: string): `room:${string}` => `room:${room}`;
export const userStream = (user: string): `user:${string}` => `user:${user}`;

export type StreamKind = { kind: "room"; id: string } | { kind: "user"; id: string } | { kind: "feed" };

/** Parses the name of a stream; undefined if it names no kind of stream. */
export function parseStream(stream: string): StreamKind | undefined {
  if (stream === FEED) return { kind: "feed" };
  const at = stream.indexOf(":");
  const id = stream.slice(at + 1);
  if (at < 0 || !ID.test(id)) return undefined;
  const kind = stream.slice(0, at);
  return kind === "room" || kind === "user" ? { kind, id } : undefined;
}
