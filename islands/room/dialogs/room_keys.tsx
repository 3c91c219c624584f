import { useSignal } from "@preact/signals";
import { Keys } from "../../shared/keys.tsx";
import { keepSingleKeys, readSingleKeys } from "../../shared/letters.ts";
import type { DialogKindProps } from "./dialogs.tsx";

/** The list of keys, over the room page. */
export function RoomKeys({ onClose }: DialogKindProps) {
  const hasLetters = useSignal(readSingleKeys());
  const set = (are: boolean) => {
    hasLetters.value = are;
    keepSingleKeys(are);
  };
  return <Keys hasLetters={hasLetters.value} onLetters={set} onClose={onClose} />;
}
