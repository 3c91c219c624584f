/** Turns errors into answers (lib/protocol/README.md §2). Nothing of an unknown error leaves the server. */
import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { StorageFull } from "../kv/database.ts";
import { type Problem, Refusal, toProblem } from "../../protocol/errors.ts";
import type { Env } from "./env.ts";
import { isStorageError, logStorage } from "./storage_log.ts";

const log = getLogger(["rivulet", "http"]);

/** Logs errors of storage and makes them refusals; other errors stay, and `toProblem` reports them as `internal`. */
export function toRefusal(error: unknown): unknown {
  if (!isStorageError(error)) return error;
  logStorage(error);
  if (error instanceof StorageFull) return new Refusal("storage_full", "Cannot save: storage is full");
  return new Refusal("unavailable", "Cannot do that now: storage does not answer");
}

/** The problem for a thrown error. One that is our fault is logged with the request's id, without its body. */
export function problemOf(error: unknown, requestId: string): Problem {
  const problem = toProblem(toRefusal(error));
  if (problem.code === "internal") {
    log.error("Request {requestId} failed: {error}", { requestId, error });
    return { ...problem, requestId };
  }
  return problem;
}

/** Answers with a problem (RFC 9457), its status and Retry-After. */
export function respondProblem(problem: Problem): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { "content-type": "application/problem+json", ...retryHeader(problem) },
  });
}

/** Retry-After, in whole seconds, for the problems that pass. */
export function retryHeader({ retryAfter }: Problem): Record<string, string> {
  if (retryAfter === undefined) return {};
  return { "retry-after": String(Math.max(1, Math.ceil(retryAfter / 1_000))) };
}

/** Whether a problem should be shown as a page: a browser asks, and the address is none of the API's. */
export function wantsPage(c: Context<Env>): boolean {
  if (/^\/(?:api|live)(?:\/|$)/.test(c.req.path)) return false;
  return (c.req.header("accept") ?? "").includes("text/html");
}
