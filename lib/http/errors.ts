/** The one place where what was thrown becomes an answer (PROTOCOL.md §2). Nothing of an unknown error leaves here. */
import { getLogger } from "@logtape/logtape";
import type { Context } from "hono";
import { StorageFull, StorageUnavailable } from "../kv/database.ts";
import { type Problem, Refusal, toProblem } from "../protocol/errors.ts";
import type { Env } from "./env.ts";

const RETRY_MS = 1_000; // where nobody knows better
const STORAGE_LOG_MS = 1_000; // between two lines about storage: on a full disk every request would write one

const log = getLogger(["rivulet", "http"]);

let toldAt = -Infinity;

/** Storage's errors as refusals, and logged; any other error as it is, which `toProblem` tells as `internal`. */
export function toRefusal(error: unknown): unknown {
  const isFull = error instanceof StorageFull;
  if (!isFull && !(error instanceof StorageUnavailable)) return error;
  const now = performance.now();
  if (now - toldAt >= STORAGE_LOG_MS) {
    toldAt = now;
    log.warn("Storage refused a request: {reason}", { reason: error.message });
  }
  if (isFull) return new Refusal("storage_full", "Cannot save: storage is full");
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
export function retryHeader({ code, retryAfter = RETRY_MS }: Problem): Record<string, string> {
  if (code !== "rate_limited" && code !== "unavailable") return {};
  return { "retry-after": String(Math.max(1, Math.ceil(retryAfter / 1_000))) };
}

/** Whether a problem should be shown as a page: a browser asks for one, and it is no address of the API. */
export function wantsPage(c: Context<Env>): boolean {
  if (/^\/(?:api|live)(?:\/|$)/.test(c.req.path)) return false;
  return (c.req.header("accept") ?? "").includes("text/html");
}
