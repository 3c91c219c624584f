import { type ReadonlySignal, useSignal } from "@preact/signals";
import { errorWords, type Typed } from "../../lib/model/problem_words.ts";

export interface CommandState {
  /** For `aria-disabled`: a button that were disabled while it works would lose the focus to the page. */
  busy: ReadonlySignal<boolean>;
  /** What went wrong last, in words for the reader. */
  error: ReadonlySignal<string | undefined>;
  /** `typed` is what a form holds, which words about a field may name. */
  run(action: () => Promise<void>, typed?: Typed): Promise<void>;
}

/** Handles a form's submit event in the page instead of loading another one. */
export const inPlace = (act: () => Promise<void>) => (event: Event) => {
  event.preventDefault();
  void act();
};

/** Runs one action at a time and keeps its refusal to be shown beside the form. */
export function useCommand(): CommandState {
  const busy = useSignal(false);
  const error = useSignal<string | undefined>(undefined);
  return {
    busy,
    error,
    async run(action, typed) {
      if (busy.peek()) return;
      busy.value = true;
      error.value = undefined;
      try {
        await action();
      } catch (thrown) {
        error.value = errorWords(thrown, typed);
      } finally {
        busy.value = false;
      }
    },
  };
}
