/** The overlays of the feed, fetched when they are first opened. The switcher's actions lead to other pages. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import { roomName } from "../../lib/ui/shell/names.ts";
import type { DialogKind } from "../shared/dialogs/dialog_kinds.ts";
import type { FeedView } from "./feed_view.ts";
import { importAgain } from "../shared/import_again.ts";
import { keepSingleKeys } from "../shared/single_keys_setting.ts";
import type { PaletteProps } from "../shared/palette_props.ts";
import { Switcher, type SwitcherParts } from "../shared/switcher.tsx";

export type FeedOverlay = "palette" | "keys" | "inspector";

export interface FeedOverlaysProps {
  view: FeedView;
  overlay: Signal<FeedOverlay | undefined>;
  /** Keys of one character work. */
  hasSingleKeys: Signal<boolean>;
}

interface Chunks {
  Palette?: FunctionComponent<PaletteProps>;
  deferred?: typeof import("./feed_deferred.tsx");
}

const pages: Partial<Record<DialogKind, string>> = {
  create_room: "/rooms#create",
  direct: "/rooms#people",
  invite: "/settings#invites",
};

export function FeedOverlays({ view, overlay, hasSingleKeys }: FeedOverlaysProps) {
  const chunks = useSignal<Chunks>({});
  useSignalEffect(() => {
    const wanted = overlay.value;
    if (wanted === undefined) return;
    void load(wanted === "palette", chunks.peek()).then(
      (more) => void (chunks.value = { ...chunks.peek(), ...more }),
      () => {
        overlay.value = undefined; // Without a network the next press tries again.
        view.problem.value = "Can't open this without a connection";
      },
    );
  });
  const { Palette, deferred: Deferred } = chunks.value;
  const kind = overlay.value;
  const close = (closed: FeedOverlay) => () => {
    if (overlay.peek() === closed) overlay.value = undefined; // Another overlay may have taken its place.
  };
  const switchSingleKeys = (are: boolean) => {
    hasSingleKeys.value = are;
    keepSingleKeys(are);
  };
  if (kind === "palette") {
    return (
      <Switcher onClose={close("palette")}>
        {(parts) => Palette && <Results {...parts} view={view} Palette={Palette} overlay={overlay} />}
      </Switcher>
    );
  }
  if (kind === "keys" && Deferred) {
    return (
      <Deferred.Keys hasSingleKeys={hasSingleKeys.value} onSingleKeys={switchSingleKeys} onClose={close("keys")} />
    );
  }
  if (kind === "inspector" && Deferred) {
    return <Deferred.Inspector inspected={Deferred.inspectFeed(view, close("inspector"))} />;
  }
  return null;
}

interface ResultsProps extends SwitcherParts, Pick<FeedOverlaysProps, "view" | "overlay"> {
  Palette: FunctionComponent<PaletteProps>;
}

function Results({ view, overlay, Palette, ...parts }: ResultsProps) {
  const me = view.people.users.value.get(view.data.me.id) ?? view.data.me;
  const { summaries } = view.rooms;
  return (
    <Palette
      {...parts}
      chat={view}
      me={me}
      nameOf={(id) => {
        const summary = summaries.value.find((it) => it.room.id === id);
        const members = view.members.members.value.get(id) ?? [];
        return summary ? roomName(summary.room, members, view.people.users.value, me.id) : "";
      }}
      go={(room) => location.assign(`/rooms/${encodeURIComponent(room)}`)}
      show={(kind) => {
        if (kind === "keys") overlay.value = "keys";
        else location.assign(pages[kind] ?? "/rooms");
      }}
    />
  );
}

async function load(isPalette: boolean, have: Chunks): Promise<Chunks> {
  if (isPalette) {
    return have.Palette
      ? {}
      : { Palette: (await importAgain("palette", () => import("../shared/palette.tsx"))).Palette };
  }
  return have.deferred ? {} : { deferred: await importAgain("feed_deferred", () => import("./feed_deferred.tsx")) };
}
