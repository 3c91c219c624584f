/** The palette and the dialogs, each in a chunk that is fetched when it is first wanted. */
import { type Signal, useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { Chat } from "../../lib/client/stores/chat.ts";
import type { PaletteProps } from "./palette_props.ts";
import { Switcher } from "./switcher.tsx";
import type { DialogKind, DialogKindProps } from "./dialogs/dialog_kinds.ts";
import { importAgain } from "./import_again.ts";

export type Overlay = DialogKind | "palette" | "inspector";

/** A page that has a chat and overlays. */
export interface OverlayHost {
  chat: Chat;
  overlay: Signal<Overlay | undefined>;
  /** What was asked for and needs the network to be opened, in words. */
  unopened: Signal<string | undefined>;
  nameOf(room: string): string;
  go(room: string): void;
  /** The reader points at what opens a room, where going to it is not another page. */
  near?(room: string | undefined): void;
  /** Shows the members of the room on screen, where there is one. */
  showMembers?(): void;
}

interface Chunks {
  palette?: FunctionComponent<PaletteProps>;
  dialogs?: FunctionComponent<DialogKindProps & { kind: DialogKind }>;
}

export function ChatOverlays({ view }: { view: OverlayHost }) {
  const chunks = useSignal<Chunks>({});
  useSignalEffect(() => {
    const wanted = view.overlay.value;
    if (wanted === undefined || wanted === "inspector") return;
    void load(wanted === "palette", chunks.peek()).then(
      (more) => void (chunks.value = { ...chunks.peek(), ...more }),
      () => {
        view.overlay.value = undefined; // Without a network the next press tries again.
        view.unopened.value = "this";
      },
    );
  });
  const { palette: Palette, dialogs: Dialogs } = chunks.value;
  const kind = view.overlay.value;
  const close = (closed: string) => () => {
    if (view.overlay.peek() === closed) view.overlay.value = undefined; // Another overlay may have taken its place.
  };
  if (kind === undefined || kind === "inspector") return null;
  const shared = {
    chat: view.chat,
    go: view.go,
    near: view.near,
    show: (next: DialogKind) => void (view.overlay.value = next),
    members: () => view.showMembers?.(),
    onClose: close(kind),
  };
  if (kind !== "palette") return Dialogs ? <Dialogs kind={kind} {...shared} /> : null;
  const here = view.chat.current.value?.room;
  return (
    <Switcher onClose={shared.onClose}>
      {(parts) => Palette && <Palette {...shared} {...parts} me={view.chat.me} here={here} nameOf={view.nameOf} />}
    </Switcher>
  );
}

async function load(isPalette: boolean, have: Chunks): Promise<Chunks> {
  if (isPalette) {
    return have.palette ? {} : { palette: (await importAgain("palette", () => import("./palette.tsx"))).Palette };
  }
  return have.dialogs
    ? {}
    : { dialogs: (await importAgain("dialogs", () => import("./dialogs/dialogs.tsx"))).ShownDialog };
}
