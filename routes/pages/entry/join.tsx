import type { Context } from "hono";
import { Hono } from "hono";
import { type Env, toCall } from "../../../lib/server/http/env.ts";
import { type Problem, Refusal, toProblem } from "../../../lib/protocol/errors.ts";
import type { Services } from "../../../lib/server/services.ts";
import { Avatar } from "../../../lib/ui/shell/avatar.tsx";
import { dayAndMonth } from "../../../lib/ui/shell/format.ts";
import { Alert } from "../alert.tsx";
import { respondPage } from "../document.tsx";
import { AccountFields, EntryLayout } from "./entry_layout.tsx";
import { type Fields, seeOther, statusOf, submit } from "../forms.ts";
import { typedHandle, withHandle } from "./handle.ts";
import { readZone } from "../settings/preferences.ts";
import { errorsOf } from "../wrong_field.ts";

const ALERT = "alert";

export function join({ run, auth }: Pick<Services, "run" | "auth">): Hono<Env> {
  async function show(c: Context<Env>, invite: string, fields: Fields, problem?: Problem): Promise<Response> {
    const opened = await auth.openInvite(invite).catch((error) => {
      if (error instanceof Refusal && error.code === "gone") return toProblem(error);
      throw error;
    });
    if ("code" in opened) return await closed(c, opened);
    const { workspace, by, expiresAt } = opened;
    const words = `${by.name} invited you. Expires ${dayAndMonth(expiresAt, readZone(c))}.`;
    const detail = (
      <span class="row">
        <Avatar user={by} />
        <span>{words}</span>
      </span>
    );
    const error = errorsOf(problem, ALERT);
    const page = (
      <EntryLayout title={`Join ${workspace}`} detail={detail}>
        <form method="post" action={`/join/${encodeURIComponent(invite)}`}>
          <div class="form-in">
            <Alert problem={problem} id={ALERT} typed={fields} />
            <AccountFields fields={fields} error={error} autofocus={!problem || undefined} />
            <button class="btn go wide" type="submit">Join</button>
          </div>
        </form>
        <small>
          Already have an account? <a class="link" href="/sign-in">Sign in</a>
        </small>
      </EntryLayout>
    );
    return await respondPage(c, page, { title: `Join ${workspace}`, status: statusOf(problem) });
  }

  return new Hono<Env>()
    .get("/join/:invite", (c) => show(c, c.req.param("invite"), {}))
    .post("/join/:invite", (c) => {
      const invite = c.req.param("invite");
      return submit(c, {
        verb: "join",
        async act(fields) {
          await withHandle(fields, (whole) => run("auth.signUp", { ...whole, invite }, toCall(c)));
          return seeOther(c, "/");
        },
        again: (problem, fields) => show(c, invite, { ...fields, handle: typedHandle(fields) }, problem),
      });
    });
}

function closed(c: Context<Env>, problem: Problem): Promise<Response> {
  const page = (
    <EntryLayout title="This invite no longer works" detail="It may be expired, used up or revoked.">
      <p role="alert">Ask the person who sent it for a new link.</p>
      <a class="btn wide" href="/sign-in">Sign in instead</a>
    </EntryLayout>
  );
  return respondPage(c, page, { title: "This invite no longer works", status: statusOf(problem) });
}
