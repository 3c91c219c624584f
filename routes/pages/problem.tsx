/** The page for whatever cannot be shown: the same for a thing that is not there and one that may not be seen. */
import type { Context } from "hono";
import type { Env } from "../../lib/http/env.ts";
import type { Problem } from "../../lib/protocol/errors.ts";
import { Wave } from "../../lib/ui/wave.tsx";
import { respondPage } from "./document.tsx";
import { statusOf } from "./forms.ts";

export function renderProblemPage(c: Context<Env>, problem: Problem): Promise<Response> {
  const page = (
    <main class="empty" id="main">
      <Wave flat />
      <h1 class="big">{problem.title}</h1>
      <p role="alert">{problem.detail ?? "Your messages are safe. Try again in a moment."}</p>
      {problem.requestId && (
        <p>
          <small>
            Request <code>{problem.requestId}</code>
          </small>
        </p>
      )}
      <p class="row">
        <a class="btn" href="/">Go to your rooms</a>
      </p>
    </main>
  );
  return respondPage(c, page, { title: problem.title, status: statusOf(problem) });
}
