/** Asks before something is done that is not undone by oneself, or not at once. */
import type { ComponentChildren } from "preact";
import { Dialog } from "./dialog.tsx";
import { useCommand } from "./use_command.ts";

export interface QuestionProps {
  title: string;
  /** What is done, as the button says it. */
  yes: string;
  act(): Promise<void>;
  onClose(): void;
  children: ComponentChildren;
}

export function Question({ title, yes, act, onClose, children }: QuestionProps) {
  const { busy, error, run } = useCommand();
  return (
    <Dialog id="question" title={title} onClose={onClose}>
      <div class="mid">{children}</div>
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <div class="row answers">
        <button class="btn" type="button" autofocus onClick={onClose}>Cancel</button>
        <button class="btn go bad" type="button" aria-disabled={busy.value} onClick={() => run(act)}>{yes}</button>
      </div>
    </Dialog>
  );
}
