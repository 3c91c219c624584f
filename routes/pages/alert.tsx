import type { Problem } from "../../lib/protocol/errors.ts";
import { problemWords, type Typed } from "../../lib/model/problem_words.ts";
import { Icon } from "../../lib/ui/shell/icon.tsx";

interface AlertProps {
  problem: Problem | undefined;
  id: string;
  /** What was typed into the form. */
  typed?: Typed | undefined;
}

/** The error of a form, if there is one. */
export function Alert({ problem, id, typed }: AlertProps) {
  if (!problem) return null;
  return (
    <p class="alert" role="alert" id={id}>
      <Icon name="alert" />
      <span>{problemWords(problem, typed)}</span>
    </p>
  );
}
