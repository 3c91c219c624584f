/** Plain forms: 303 on success, otherwise the page again with the error's status (lib/protocol/README.md §6). */
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { readForm } from "../../lib/server/http/body.ts";
import { type Env, toSignedInCall } from "../../lib/server/http/env.ts";
import { problemOf, retryHeader } from "../../lib/server/http/errors.ts";
import type { Problem } from "../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../lib/server/commands/handlers.ts";
import { safeRedirect, signInPath } from "./entry/safe_redirect.ts";

export type Fields = Record<string, string>;
const SEE_OTHER = 303;

export interface Form {
  /** Completes "Cannot …". */
  verb: string;
  /** Runs the form. `again` shows what it throws. */
  act(fields: Fields): Promise<Response>;
  /** The page with what went wrong, and what was typed. */
  again(problem: Problem, fields: Fields): Promise<Response>;
}

/** Answers a posted form. Throws errors that are our fault, which have a page of their own. */
export async function submit(c: Context<Env>, { verb, act, again }: Form): Promise<Response> {
  let fields: Fields = {};
  try {
    fields = await readForm(c.req.raw, verb);
    return await act(fields);
  } catch (error) {
    const problem = problemOf(error, c.get("requestId"));
    if (problem.code === "internal") throw error;
    const page = await again(problem, fields);
    for (const [name, value] of Object.entries(retryHeader(problem))) page.headers.set(name, value);
    return page;
  }
}

export function seeOther(c: Context<Env>, path: string): Response {
  return c.redirect(path, SEE_OTHER);
}

/** A page for people who are signed in; others sign in first. `back` names another page to come back to. */
export function forPeople(
  page: (c: Context<Env>, call: SignedInCall) => Promise<Response>,
  back?: (c: Context<Env>) => string,
) {
  return async (c: Context<Env>): Promise<Response> => {
    if (c.get("signedIn")) return await page(c, toSignedInCall(c, "open page"));
    const search = URL.parse(c.req.url)?.search ?? ""; // an invalid Host makes no URL
    const next = back?.(c) ?? (c.req.method === "POST" ? c.req.path : c.req.path + search);
    return c.redirect(signInPath(safeRedirect(next)), c.req.method === "POST" ? SEE_OTHER : 302);
  };
}

/** The status of a page that shows a problem. */
export function statusOf(problem: Problem | undefined): ContentfulStatusCode {
  switch (problem?.status) {
    case undefined:
      return 200;
    case 400:
    case 401:
    case 403:
    case 404:
    case 409:
    case 410:
    case 413:
    case 429:
    case 503:
    case 507:
      return problem.status;
    default:
      return 500;
  }
}
