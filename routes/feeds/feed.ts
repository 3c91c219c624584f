/** The parts of both kinds of feed. */
import { createHash } from "node:crypto";
import type { Entry } from "../../lib/protocol/feed.ts";

export interface Feed {
  title: string;
  /** Names the workspace, whatever it is called and wherever it is reached. */
  workspace: string;
  /** The origin that people use: addresses begin with it. */
  origin: string;
  /** When the workspace was made: a feed without entries is as old. */
  since: number;
  /** The newest first. */
  entries: readonly Entry[];
  /** Names of people, by id. */
  names: ReadonlyMap<string, string>;
}

/** Where the feed is read in a browser. */
export function homeOf({ origin }: Feed): string {
  return `${origin}/feed`;
}

/** The feed's own address. No address in a feed carries its secret, so that a feed may be passed on. */
export function selfOf({ origin }: Feed, kind: "atom" | "json"): string {
  return `${origin}/feed.${kind}`;
}

/**
 * The name of an entry for ever, or of the feed without one. It holds no address: under another Host, readers would
 * take all entries for new ones.
 */
export function idOf({ workspace }: Feed, entry?: Entry): string {
  const hash = createHash("sha256").update(`${workspace} ${entry?.offset ?? "feed"}`).digest("hex");
  // A UUID of version 8, which leaves the other bits to whoever makes it (RFC 9562).
  return `urn:uuid:${hash.slice(0, 8)}-${hash.slice(8, 12)}-8${hash.slice(13, 16)}-a${hash.slice(17, 20)}-${
    hash.slice(20, 32)
  }`;
}

export function linkOf(feed: Feed, { url }: Entry): string {
  return url === undefined ? homeOf(feed) : feed.origin + url;
}

export function authorOf({ names }: Feed, { by }: Entry): string {
  return names.get(by) ?? "Somebody";
}

/** RFC 3339, which both formats take. */
export function timeOf(at: number): string {
  return new Date(at).toISOString();
}
