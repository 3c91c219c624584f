import type { Problem } from "../../lib/protocol/errors.ts";
import { Icon } from "../../lib/ui/shell/icon.tsx";

/** The error of a form, if there is one. */
export function Alert({ problem, id }: { problem: Problem | undefined; id: string }) {
  if (!problem) return null;
  return (
    <p class="alert" role="alert" id={id}>
      <Icon name="alert" />
      <span>{wordsOf(problem)}.</span>
    </p>
  );
}

const labels: Record<string, string> = { name: "Name", workspace: "Workspace name", topic: "Topic" };

/** Names an invalid field by its label, and says everything else in the API's words. */
function wordsOf({ code, issues, detail, title }: Problem): string {
  const [issue] = code === "invalid" ? issues ?? [] : [];
  if (issue?.path === "handle") {
    return "Use a–z, 0–9, dots, dashes or underscores, with a letter or digit first and last";
  }
  const label = issue && labels[issue.path];
  return label ? `${label} ${issue.message}` : detail ?? title;
}
