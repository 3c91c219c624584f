import { useSignal } from "@preact/signals";
import { Keys } from "../keys.tsx";
import { keepSingleKeys, readSingleKeys } from "../letters.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";

/** The list of keys, over the room page. */
export function RoomKeys({ onClose }: DialogKindProps) {
  const hasLetters = useSignal(readSingleKeys());
  const set = (are: boolean) => {
    hasLetters.value = are;
    keepSingleKeys(are);
  };
  return <Keys hasLetters={hasLetters.value} onLetters={set} onClose={onClose} />;
}
