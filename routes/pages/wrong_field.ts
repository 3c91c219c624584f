/** Finds the field of an entry form that has to be filled in again. */
import type { Problem } from "../../lib/protocol/errors.ts";

/** Gives `alert`, the id of the words about a problem, for the name of the field that it is about. */
export function errorsOf(problem: Problem | undefined, alert: string): (field: string) => string | undefined {
  const wrong = problem && wrongField(problem);
  return (field) => field === wrong ? alert : undefined;
}

/** A handle is taken, a set-up code is not the one that was printed; what is not valid says so itself. */
function wrongField({ code, issues }: Problem): string | undefined {
  if (code === "conflict") return "handle";
  return code === "forbidden" ? "token" : issues?.[0]?.path;
}
