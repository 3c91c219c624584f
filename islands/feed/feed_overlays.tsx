/** What floats over the feed, fetched when it is first wanted. What the switcher offers to do is done on other pages. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { roomName } from "../../lib/ui/shell/names.ts";
import type { DialogKind } from "../shared/dialogs/dialog_kinds.ts";
import type { FeedView } from "./feed_view.ts";
import { importAgain } from "../shared/import_again.ts";
import { keepSingleKeys } from "../shared/letters.ts";
import type { PaletteProps } from "../shared/palette.tsx";

export type FeedFloating = "palette" | "keys" | "inspector";

export interface FeedOverlaysProps {
  view: FeedView;
  floating: Signal<FeedFloating | undefined>;
  /** Keys of one character work. */
  hasLetters: Signal<boolean>;
}

interface Chunks {
  Palette?: FunctionComponent<PaletteProps>;
  later?: typeof import("./feed_deferred.tsx");
}

const places: Partial<Record<DialogKind, string>> = {
  create_room: "/rooms#create",
  direct: "/rooms#people",
  invite: "/settings#invites",
};

export function FeedOverlays({ view, floating, hasLetters }: FeedOverlaysProps) {
  const chunks = useSignal<Chunks>({});
  useSignalEffect(() => {
    const wanted = floating.value;
    if (wanted === undefined) return;
    void load(wanted === "palette", chunks.peek()).then(
      (more) => void (chunks.value = { ...chunks.peek(), ...more }),
      () => {
        floating.value = undefined; // No network: pressing again tries again.
        view.problem.value = "Cannot open this without a connection";
      },
    );
  });
  const { Palette, later } = chunks.value;
  const kind = floating.value;
  const close = (closed: FeedFloating) => () => {
    if (floating.peek() === closed) floating.value = undefined; // Not one that took its place.
  };
  const letters = (are: boolean) => {
    hasLetters.value = are;
    keepSingleKeys(are);
  };
  if (kind === "palette" && Palette) return <Switcher view={view} Palette={Palette} floating={floating} />;
  if (kind === "keys" && later) {
    return <later.Keys hasLetters={hasLetters.value} onLetters={letters} onClose={close("keys")} />;
  }
  if (kind === "inspector" && later) {
    return <later.Inspector inspected={later.inspectFeed(view, close("inspector"))} />;
  }
  return null;
}

interface SwitcherProps extends Pick<FeedOverlaysProps, "view" | "floating"> {
  Palette: FunctionComponent<PaletteProps>;
}

function Switcher({ view, floating, Palette }: SwitcherProps) {
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
      show={(kind) => {
        if (kind === "keys") floating.value = "keys";
        else location.assign(places[kind] ?? "/rooms");
      }}
      mayInvite={me.role === "owner" || me.role === "admin"}
      onClose={() => floating.peek() === "palette" && (floating.value = undefined)}
    />
  );
}

async function load(isPalette: boolean, have: Chunks): Promise<Chunks> {
  if (isPalette) {
    return have.Palette ? {} : { Palette: (await importAgain(() => import("../shared/palette.tsx"))).Palette };
  }
  return have.later ? {} : { later: await importAgain(() => import("./feed_deferred.tsx")) };
}
