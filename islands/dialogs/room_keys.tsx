import { useSignal } from "@preact/signals";
import { Keys } from "../keys.tsx";
import { keepLetters, readLetters } from "../letters.ts";
import type { DialogKindProps } from "./dialogs.tsx";

/** The list of keys, over the room page. */
export function RoomKeys({ onClose }: DialogKindProps) {
  const hasLetters = useSignal(readLetters());
  const set = (are: boolean) => {
    hasLetters.value = are;
    keepLetters(are);
  };
  return <Keys hasLetters={hasLetters.value} onLetters={set} onClose={onClose} />;
}
