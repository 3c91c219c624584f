import { useSignal } from "@preact/signals";
import { Keys } from "../keys.tsx";
import { keepSingleKeys, readSingleKeys } from "../single_keys_setting.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";

/** The list of keys, over the room page. */
export function RoomKeys({ onClose }: DialogKindProps) {
  const hasSingleKeys = useSignal(readSingleKeys());
  const set = (are: boolean) => {
    hasSingleKeys.value = are;
    keepSingleKeys(are);
  };
  return <Keys hasSingleKeys={hasSingleKeys.value} onSingleKeys={set} onClose={onClose} />;
}
