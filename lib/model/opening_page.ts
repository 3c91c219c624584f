/** Which messages a room is opened with, whoever asks: the server for its page, the browser for another room. */
import type { Input, Output } from "../protocol/commands.ts";
import { LIST_LIMIT, LIST_LIMIT_MAX } from "../protocol/fields.ts";

const CONTEXT = 20; // read messages above the first unread one
const TRIES_MAX = 8;

/** A room's head, and how much of it I have not read, as its summary says. */
export interface Unread {
  n: number;
  unread: number;
}

type ListMessages = (body: Input<"messages.list">) => Promise<Page>;
type Page = Output<"messages.list">;

/**
 * The newest messages with the first unread one among them and some context above it; where so many are unread, or such
 * long ones, that one page cannot hold them, the page about the first unread one, with the newer ones left to load
 * (`moreAfter`). Throws what `list` throws.
 */
export async function openingPage(
  list: ListMessages,
  room: string,
  { n, unread }: Unread,
): Promise<Page> {
  const wanted = unread + CONTEXT;
  const newest = await list({ room, limit: Math.min(Math.max(wanted, LIST_LIMIT), LIST_LIMIT_MAX) });
  const [oldest] = newest.messages;
  // Of long texts a page holds fewer than were asked for.
  const isThere = unread === 0 || !newest.more || (oldest?.n ?? Infinity) <= n - unread + 1;
  if (wanted <= LIST_LIMIT_MAX && isThere) return newest;
  return await pageAbout(list, room, n - unread + 1, newest);
}

/**
 * The page with the message whose number is `wanted` about in its middle; `newest` where it is not found. Numbers and
 * seqs go up together, but other events take seqs too: each page shows how far off its guess was, and the next guess is
 * nearer. Throws what `list` throws.
 */
async function pageAbout(
  list: ListMessages,
  room: string,
  wanted: number,
  newest: Page,
): Promise<Page> {
  let page = newest;
  for (let tries = 0; tries < TRIES_MAX; tries++) {
    const numbered = page.messages.flatMap(({ seq, n }) => n === undefined ? [] : [{ seq, n }]);
    const [first, last] = [numbered.at(0), numbered.at(-1)];
    if (!first || !last) return newest;
    if (first.n <= wanted && wanted <= last.n) return page;
    const nearest = wanted < first.n ? first : last;
    const around = Math.max(1, nearest.seq + wanted - nearest.n);
    page = await list({ room, around, limit: LIST_LIMIT_MAX });
  }
  return newest;
}
