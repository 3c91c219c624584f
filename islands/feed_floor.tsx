/** The quick switcher over the feed, fetched when it is first wanted. What it offers to do is done on other pages. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { roomName } from "../lib/ui/names.ts";
import type { DialogKind } from "./dialogs/dialogs.tsx";
import type { FeedView } from "./feed_view.ts";
import type { PaletteProps } from "./palette.tsx";
import { importAgain } from "./import_again.ts";

const places: Partial<Record<DialogKind, string>> = {
  create_room: "/rooms#create",
  direct: "/rooms#people",
  invite: "/settings#invites",
};

export function FeedFloor({ view, isOpen }: { view: FeedView; isOpen: Signal<boolean> }) {
  const palette = useSignal<{ Palette?: FunctionComponent<PaletteProps> }>({});
  useSignalEffect(() => {
    if (!isOpen.value || palette.peek().Palette) return;
    void importAgain(() => import("./feed_palette.ts")).then(
      ({ Palette }) => void (palette.value = { Palette }),
      () => void (isOpen.value = false), // No network: pressing again tries again.
    );
  });
  const { Palette } = palette.value;
  if (!isOpen.value || !Palette) return null;
  const { me } = view.data;
  const { lines } = view.rooms;
  return (
    <Palette
      chat={view}
      me={me.id}
      nameOf={(id) => {
        const line = lines.value.find((it) => it.room.id === id);
        const members = view.members.members.value.get(id) ?? [];
        return line ? roomName(line.room, members, view.people.users.value, me.id) : "";
      }}
      go={(room) => location.assign(`/rooms/${encodeURIComponent(room)}`)}
      show={(kind) => location.assign(places[kind] ?? "/rooms")}
      mayInvite={me.role === "owner" || me.role === "admin"}
      onClose={() => isOpen.value = false}
    />
  );
}
