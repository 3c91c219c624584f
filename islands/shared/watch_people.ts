/** Whose presence a page shows: those in direct conversations, and `shown` beside them. */
import { computed, effect } from "@preact/signals";
import type { Chat } from "../../lib/client/stores/chat.ts";
import { WATCH_MAX } from "../../lib/protocol/frames.ts";
import { participants } from "../../lib/ui/shell/names.ts";

export function watchPeople(
  { me, rooms, members, live }: Pick<Chat, "me" | "rooms" | "members" | "live">,
  shown: () => readonly string[] | undefined = () => undefined,
): void {
  effect(() => {
    for (const { room } of rooms.summaries.value) if (room.visibility === "direct") members.need(room.id);
  });
  const watched = computed(() => {
    const ids = new Set<string>();
    for (const { room } of rooms.summaries.value) {
      if (room.visibility !== "direct") continue;
      for (const id of participants(members.members.value.get(room.id) ?? [], me.id)) ids.add(id);
    }
    for (const id of shown() ?? []) ids.add(id);
    ids.delete(me.id);
    // The order matters, because only so many are watched. It is a text, so that an equal list is not sent again.
    return [...ids].slice(0, WATCH_MAX).join(" ");
  });
  effect(() => live.watch(watched.value.split(" ").filter((id) => id !== "")));
}
