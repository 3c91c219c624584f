import { useSignal, useSignalEffect } from "@preact/signals";
import type { Found } from "../../../lib/client/stores/found.ts";

/** What Enter does in the field above a list: takes its first match, once the list is of what was typed. */
export function useEnter<T>(found: Found<T>, word: () => string, take: (items: readonly T[]) => void): () => void {
  const entered = useSignal<string | undefined>(undefined);
  useSignalEffect(() => {
    const wanted = entered.value;
    if (wanted === undefined || found.of.value !== wanted) return;
    entered.value = undefined;
    if (word() === wanted && found.items.value.length > 0) take(found.items.value);
  });
  return () => void (entered.value = word());
}
