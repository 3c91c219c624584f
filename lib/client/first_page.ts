import type { Caller } from "./calls.ts";
import type { MessagesPage } from "./timeline.ts";

export const PAGE = 50;
const PAGE_MAX = 100;
/** Read messages shown above the first unread one. */
const CONTEXT = 20;

/**
 * The newest messages of a room, so many that the first of `unread` is among them with some context above it; past
 * about 180 unread ones it is not, and is reached by scrolling back. Throws `Refusal`.
 */
export async function firstPage(call: Caller, room: string, unread: number): Promise<MessagesPage> {
  const wanted = unread + CONTEXT;
  const page = await call("messages.list", { room, limit: Math.min(Math.max(wanted, PAGE), PAGE_MAX) });
  const [first] = page.messages;
  if (wanted <= PAGE_MAX || !page.more || !first) return page;
  const before = await call("messages.list", { room, before: first.seq, limit: PAGE_MAX });
  return { ...page, messages: [...before.messages, ...page.messages], more: before.more };
}
