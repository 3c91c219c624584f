import type { Problem } from "../../lib/protocol/errors.ts";
import { Icon } from "../../lib/ui/icon.tsx";

/** What went wrong with a form. Says nothing where nothing did. */
export function Alert({ problem, id }: { problem: Problem | undefined; id: string }) {
  if (!problem) return null;
  return (
    <p class="alert" role="alert" id={id}>
      <Icon name="alert" />
      <span>{problem.detail ?? problem.title}.</span>
    </p>
  );
}
