import type { Problem } from "../../lib/protocol/errors.ts";
import { problemWords, type Typed } from "../../lib/model/problem_words.ts";
import { Icon } from "../../lib/ui/shell/icon.tsx";

interface AlertProps {
  problem: Problem | undefined;
  id: string;
  /** What was typed into the form. */
  typed?: Typed | undefined;
  /** Whether it has the focus when the page opens: where none of the form's fields has. */
  autofocus?: boolean;
}

/** The error of a form, if there is one. */
export function Alert({ problem, id, typed, autofocus }: AlertProps) {
  if (!problem) return null;
  return (
    <p class="alert" role="alert" id={id} tabIndex={autofocus ? -1 : undefined} autofocus={autofocus}>
      <Icon name="alert" />
      <span>{problemWords(problem, typed)}</span>
    </p>
  );
}
