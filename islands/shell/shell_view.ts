import type { Signal } from "@preact/signals";
import type { ShellData } from "../../lib/ui/shell/shell_data.ts";
import type { OverlayHost } from "../shared/chat_overlays.tsx";

export interface ShellView extends OverlayHost {
  data: ShellData;
  zone: Signal<string>;
  /** Always empty, for no room is on screen. */
  ref: Signal<string>;
}
