/** Problems as clients get them (lib/protocol/README.md §2, RFC 9457). Code throws a `Refusal` instead. */
import * as z from "zod/mini";

export const problems = {
  unauthenticated: { status: 401, title: "Not signed in" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  invalid: { status: 400, title: "Not valid" },
  too_large: { status: 413, title: "Too large" },
  conflict: { status: 409, title: "Conflict" },
  gone: { status: 410, title: "Gone" },
  rate_limited: { status: 429, title: "Too many requests" },
  unavailable: { status: 503, title: "Not available now" },
  storage_full: { status: 507, title: "Storage is full" },
  internal: { status: 500, title: "Something broke on our side" },
} as const;

export type ProblemCode = keyof typeof problems;

/** When to try again, where nobody knows better. */
const RETRY_MS = 1_000;

export const problemCodes = [
  "unauthenticated",
  "forbidden",
  "not_found",
  "invalid",
  "too_large",
  "conflict",
  "gone",
  "rate_limited",
  "unavailable",
  "storage_full",
  "internal",
] as const satisfies readonly ProblemCode[];

export const issue = z.object({ path: z.string(), message: z.string() });
export type Issue = z.infer<typeof issue>;

export const problem = z.object({
  type: z.string(),
  title: z.string(),
  status: z.int(),
  code: z.enum(problemCodes),
  detail: z.optional(z.string()),
  issues: z.optional(z.array(issue)),
  retryAfter: z.optional(z.int()),
  requestId: z.optional(z.string()),
});
export type Problem = z.infer<typeof problem>;

/**
 * A command or request that is refused for a reason its sender may read. `detail` is a sentence of the form
 * "Cannot send message: room is archived"; `retryAfter` is in ms.
 */
export class Refusal extends Error {
  override name = "Refusal";
  constructor(
    readonly code: ProblemCode,
    readonly detail: string,
    readonly extra: { issues?: Issue[]; retryAfter?: number } = {},
  ) {
    super(detail);
  }
}

/** The problem object for any thrown value; whatever is not a `Refusal` is `internal`, without details. */
export function toProblem(error: unknown): Problem {
  if (!(error instanceof Refusal)) return { type: "about:blank", ...problems.internal, code: "internal" };
  const { code, detail, extra } = error;
  const passes = code === "rate_limited" || code === "unavailable";
  return { type: "about:blank", ...problems[code], code, detail, ...(passes && { retryAfter: RETRY_MS }), ...extra };
}

/** The issues of a zod error as the wire has them: one a field, each path dotted. */
export function toIssues(error: z.core.$ZodError): Issue[] {
  return error.issues.map((one) => ({ path: one.path.join("."), message: one.message }));
}

/** Parses `value`, or throws `Refusal("invalid")` worded "Cannot <verb>: <field> <what is wrong>". */
export function parse<S extends z.ZodMiniType>(schema: S, value: unknown, verb: string): z.output<S> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const issues = toIssues(result.error);
  const [first] = issues;
  const reason = first ? `${first.path || "body"} ${first.message}` : "body is not valid";
  throw new Refusal("invalid", `Cannot ${verb}: ${reason}`, { issues });
}
