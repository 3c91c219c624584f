/** New entries as sections, in the order of catching up. */
import type { CatchUp } from "./feed_catch_up.ts";
import type { FeedSection } from "./feed_groups.ts";

/** The sections that are not empty. */
export function catchUpSections({ mentions, direct, replies, rooms, reacted, rest }: CatchUp): FeedSection[] {
  const all: FeedSection[] = [
    { title: "Mentions and direct messages", groups: mentions },
    { title: "Replies to you", groups: replies },
    { title: "Unread messages", groups: [], rooms: [...direct, ...rooms] },
    { title: "Most reacted", groups: reacted },
    { title: "Other", groups: rest },
  ];
  return all.filter(({ groups, rooms = [] }) => groups.length + rooms.length > 0);
}
