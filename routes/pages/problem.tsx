/** The error page: the same for a thing that does not exist and one that may not be seen. */
import type { Context } from "hono";
import type { VNode } from "preact";
import type { Env } from "../../lib/server/http/env.ts";
import type { Problem, ProblemCode } from "../../lib/protocol/errors.ts";
import { Empty } from "../../lib/ui/shell/empty.tsx";
import { broken, closed, dry } from "../../lib/ui/shell/empty_arts.tsx";
import { respondPage } from "./document.tsx";
import { statusOf } from "./forms.ts";

const LOST = { art: dry, title: "Page not found" };
const CLOSED = { art: closed, title: "You don't have access" };
const looks: Partial<Record<ProblemCode, { art: VNode; title: string }>> = {
  not_found: LOST,
  gone: LOST,
  forbidden: CLOSED,
  unauthenticated: CLOSED,
};

export function renderProblemPage(c: Context<Env>, problem: Problem): Promise<Response> {
  const { art, title } = looks[problem.code] ?? { art: broken, title: problem.title };
  const page = (
    <main class="whole" id="main">
      <Empty art={art} title={<h1 class="big">{title}</h1>}>
        <p role="alert">
          {problem.detail === undefined ? "Your messages are safe. Try again in a moment." : `${problem.detail}.`}{" "}
          <code>{problem.status}</code>
        </p>
        {problem.requestId && (
          <p>
            If it lasts, give whoever runs this server the number <code>{problem.requestId}</code>
          </p>
        )}
        <p class="row">
          <a class="btn go" href="/">Go to your rooms</a>
        </p>
      </Empty>
    </main>
  );
  return respondPage(c, page, { title: problem.title, status: statusOf(problem) });
}
