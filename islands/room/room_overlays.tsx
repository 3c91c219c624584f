/** The palette and the dialogs, each in a chunk that is fetched when it is first opened. */
import { useSignal, useSignalEffect } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { PaletteProps } from "../shared/palette_props.ts";
import { Switcher } from "../shared/switcher.tsx";
import type { DialogKind, DialogKindProps } from "../shared/dialogs/dialog_kinds.ts";
import type { RoomView } from "./room_view.ts";
import { importAgain } from "../shared/import_again.ts";

interface Chunks {
  palette?: FunctionComponent<PaletteProps>;
  dialogs?: FunctionComponent<DialogKindProps & { kind: DialogKind }>;
}

export function RoomOverlays({ view }: { view: RoomView }) {
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
    show: (next: DialogKind) => void (view.overlay.value = next),
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
    return have.palette ? {} : { palette: (await importAgain(() => import("../shared/palette.tsx"))).Palette };
  }
  return have.dialogs
    ? {}
    : { dialogs: (await importAgain(() => import("../shared/dialogs/dialogs.tsx"))).ShownDialog };
}
