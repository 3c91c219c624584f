/** Answers of the server turned into values or refusals, in one place for sockets and POST. */
import type { Output } from "../../protocol/commands.ts";
import { type PageCommand, pageCommands } from "../../protocol/page_commands.ts";
import {
  parse,
  type Problem,
  problem,
  type ProblemCode,
  problemCodes,
  problems,
  Refusal,
} from "../../protocol/errors.ts";

/** The command table as readers, so that the type of an answer follows from its name. */
const readers: { [N in PageCommand]: { output: { parse(value: unknown): Output<N> } } } = pageCommands;

/** The result of `name`. Throws `Refusal("internal")` if the server's answer does not have the shape that we know. */
export function readOutput<N extends PageCommand>(name: N, value: unknown): Output<N> {
  try {
    return readers[name].output.parse(value);
  } catch {
    throw new Refusal("internal", `Cannot ${pageCommands[name].verb}: the answer makes no sense`);
  }
}

/** The refusal for a problem of the server. */
export function toRefusal({ code, detail, title, issues, retryAfter }: Problem): Refusal {
  return new Refusal(code, detail ?? title, { issues, retryAfter });
}

/** The refusal of an HTTP answer, also of one that a proxy made and that is no problem object. */
export function readRefusal(status: number, value: unknown, verb: string): Refusal {
  try {
    return toRefusal(parse(problem, value, verb));
  } catch {
    return new Refusal(codeOf(status), `Cannot ${verb}: the server answered ${status}`);
  }
}

/** The request was not judged, and may be made again (RFC 9110 §15.5.9 and §15.5.20, RFC 8470 §5.2). */
const NOT_JUDGED: readonly number[] = [408, 421, 425];

function codeOf(status: number): ProblemCode {
  const known = problemCodes.find((code) => code !== "internal" && problems[code].status === status);
  return known ?? (status >= 500 || NOT_JUDGED.includes(status) ? "unavailable" : "invalid");
}

/** Whether the same call may succeed later: it was not judged, or refused only for now. */
export function isPassing(error: unknown): boolean {
  if (!(error instanceof Refusal)) return true;
  return error.code === "rate_limited" || error.code === "unauthenticated" || problems[error.code].status >= 500;
}
