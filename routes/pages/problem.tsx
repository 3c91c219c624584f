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
  /** The rest, where the reason does not say it. */
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
  const reason = problemWords(problem);
  const { art, title, words = reason }: Look = looks[problem.code] ?? { art: broken, ...inTwo(reason) };
  const page = (
    <main class="whole" id="main">
      <Empty art={art} title={<h1 class="big">{title}</h1>}>
        <p role="alert">
          {words} <code>{problem.status}</code>
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

/** A reason's first sentence as a heading, and what follows: "The server is busy", "Try again in a moment." */
function inTwo(reason: string): { title: string; words: string } {
  const [, title = reason, words = ""] = /^(.+?)\.(?: (.*))?$/.exec(reason) ?? [];
  return { title, words };
}
