/** The sentence of an entry, for clients that do not know its kind or cannot lay it out. */
import { type EntryKind, isEntryKind } from "../../protocol/feed.ts";
import type { Room } from "../../protocol/rooms.ts";

/** `room` is missing where the entry is about none, or about one that the reader doesn't see. */
export function titleOf(
  { kind, name, room, emoji = "" }: { kind: string; name: string; room?: Room | undefined; emoji?: string | undefined },
): string {
  const direct = room?.visibility === "direct";
  const place = !room ? "a private room" : direct ? "a direct message" : `#${room.name}`;
  const titles: Record<EntryKind, string> = {
    created: `${name} created ${place}`,
    joined: `${name} joined the workspace`,
    started: `${name} wrote in ${place}`,
    mentioned: `${name} mentioned you in ${place}`,
    replied: `${name} replied to you in ${place}`,
    reacted: `${name} reacted ${emoji} to your ${direct ? "direct message" : `message in ${place}`}`,
    messaged: `${name} sent you a message`,
    invited: direct ? `${name} started a conversation with you` : `${name} added you to ${place}`,
  };
  return isEntryKind(kind) ? titles[kind] : `${name} did something`;
}
