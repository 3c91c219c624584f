/**
 * The one place where what was thrown becomes an answer (lib/protocol/README.md §2). Nothing of an unknown error leaves
 * here.
 */
import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { StorageFull } from "../kv/database.ts";
import { type Problem, Refusal, toProblem } from "../../protocol/errors.ts";
import type { Env } from "./env.ts";
import { isStorageError, logStorage } from "./storage_log.ts";

const log = getLogger(["rivulet", "http"]);

/** Storage's errors as refusals, and logged; any other error as it is, which `toProblem` reports as `internal`. */
export function toRefusal(error: unknown): unknown {
  if (!isStorageError(error)) return error;
  logStorage(error);
  if (error instanceof StorageFull) return new Refusal("storage_full", "Cannot save: storage is full");
  return new Refusal("unavailable", "Cannot do that now: storage does not answer");
}

/** The problem for a thrown error; one that is our fault is logged, without the request's body, and names the request. */
export function problemOf(error: unknown, requestId: string): Problem {
  const problem = toProblem(toRefusal(error));
  if (problem.code === "internal") {
    log.error("Request {requestId} failed: {error}", { requestId, error });
    return { ...problem, requestId };
  }
  return problem;
}

/** RFC 9457, with its status and Retry-After. */
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

/** Whether a problem should be shown as a page: a browser asks for one, and it is no address of the API. */
export function wantsPage(c: Context<Env>): boolean {
  if (/^\/(?:api|live)(?:\/|$)/.test(c.req.path)) return false;
  return (c.req.header("accept") ?? "").includes("text/html");
}
