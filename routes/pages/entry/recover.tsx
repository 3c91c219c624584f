import type { Context } from "hono";
import { Hono } from "hono";
import { type Env, toCall } from "../../../lib/server/http/env.ts";
import { parse, type Problem, Refusal, toProblem } from "../../../lib/protocol/errors.ts";
import { newPassword } from "../../../lib/protocol/auth.ts";
import type { Services } from "../../../lib/server/services.ts";
import { Alert } from "../alert.tsx";
import { respondPage } from "../document.tsx";
import { EntryLayout, PasswordField } from "./entry_layout.tsx";
import { seeOther, statusOf, submit } from "../forms.ts";
import { errorsOf } from "../wrong_field.ts";

const ALERT = "alert";
const VERB = "set new password";
const TITLE = "Set a new password";
const CLOSED = "This link no longer works";

/** The page of a recovery link, which `deno task admin` makes. */
export function recover({ auth }: Pick<Services, "auth">): Hono<Env> {
  async function show(c: Context<Env>, token: string, problem?: Problem): Promise<Response> {
    const user = await auth.openRecovery(token).catch((error) => {
      if (error instanceof Refusal && error.code === "gone") return toProblem(error);
      throw error;
    });
    if ("code" in user) return await closed(c, user);
    const page = (
      <EntryLayout title={TITLE} detail={`For @${user.handle}. This signs you out everywhere else.`}>
        <form method="post" action={`/recover/${encodeURIComponent(token)}`}>
          <div class="form-in">
            <Alert problem={problem} id={ALERT} />
            <PasswordField isNew label="New password" error={errorsOf(problem, ALERT)("password")} autofocus />
            <button class="btn go wide" type="submit">Save and sign in</button>
          </div>
        </form>
      </EntryLayout>
    );
    return await respondPage(c, page, { title: TITLE, status: statusOf(problem) });
  }

  return new Hono<Env>()
    .get("/recover/:token", (c) => show(c, c.req.param("token")))
    .post("/recover/:token", (c) => {
      const token = c.req.param("token");
      return submit(c, {
        verb: VERB,
        async act(fields) {
          await auth.recover({ token, ...parse(newPassword, fields, VERB) }, toCall(c));
          return seeOther(c, "/");
        },
        again: (problem) => show(c, token, problem),
      });
    });
}

function closed(c: Context<Env>, problem: Problem): Promise<Response> {
  const page = (
    <EntryLayout title={CLOSED} detail="It works once, for an hour.">
      <p role="alert">Make a new one on the server with deno task admin.</p>
      <a class="btn wide" href="/sign-in">Sign in instead</a>
    </EntryLayout>
  );
  return respondPage(c, page, { title: CLOSED, status: statusOf(problem) });
}
