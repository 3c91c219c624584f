/** The error page: the same for a thing that does not exist and one that may not be seen. */
import type { Context } from "hono";
import type { VNode } from "preact";
import type { Env } from "../../lib/server/http/env.ts";
import type { Problem, ProblemCode } from "../../lib/protocol/errors.ts";
import { problemWords } from "../../lib/model/problem_words.ts";
import { Empty } from "../../lib/ui/shell/empty.tsx";
import { broken, closed, dry } from "../../lib/ui/shell/empty_arts.tsx";
import { respondPage } from "./document.tsx";
import { statusOf } from "./forms.ts";

interface Look {
  art: VNode;
  title: string;
  words?: string;
}

const LOST = { art: dry, title: "Page not found", words: "It may have moved, or you may not have access." };
const CLOSED = { art: closed, title: "You don't have access" };
const looks: Partial<Record<ProblemCode, Look>> = {
  not_found: LOST,
  gone: LOST,
  forbidden: CLOSED,
  unauthenticated: CLOSED,
  internal: {
    art: broken,
    title: "Something went wrong on our side",
    words: "Your messages are safe. Try again in a moment.",
  },
};

export function renderProblemPage(c: Context<Env>, problem: Problem): Promise<Response> {
  const { art, title, words }: Look = looks[problem.code] ?? { art: broken, title: problem.title };
  const page = (
    <main class="whole" id="main">
      <Empty art={art} title={<h1 class="big">{title}</h1>}>
        <p role="alert">
          {words ?? problemWords(problem)} <code>{problem.status}</code>
        </p>
        {problem.requestId && (
          <p>
            If it keeps happening, give an admin this number: <code>{problem.requestId}</code>
          </p>
        )}
        <p class="row">
          <a class="btn go" href="/">Go to your rooms</a>
        </p>
      </Empty>
    </main>
  );
  return respondPage(c, page, { title, status: statusOf(problem) });
}
