/** What both kinds of feed are made of. */
import type { Entry } from "../../lib/protocol/feed.ts";

export interface Feed {
  title: string;
  /** The origin that people use: addresses and ids begin with it. */
  origin: string;
  /** When the workspace was made: a feed without entries is as old. */
  since: number;
  /** The newest first. */
  entries: readonly Entry[];
  /** Names of people, by id. */
  names: ReadonlyMap<string, string>;
}

/** Where the feed is read in a browser; no address in a feed carries its secret, so that one may be passed on. */
export function homeOf({ origin }: Feed): string {
  return `${origin}/feed`;
}

/** An entry's name for ever. */
export function idOf(feed: Feed, { offset }: Entry): string {
  return `${homeOf(feed)}#${offset}`;
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
