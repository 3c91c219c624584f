/** The page of the first run: one form leads into a room. */
import type { Context } from "hono";
import { Hono } from "hono";
import { type Env, toCall } from "../../../lib/server/http/env.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { Services } from "../../../lib/server/services.ts";
import { Alert } from "../alert.tsx";
import { respondPage } from "../document.tsx";
import { AccountFields, EntryLayout, TextField } from "./entry_layout.tsx";
import { type Fields, seeOther, statusOf, submit } from "../forms.ts";
import { suggestHandle, typedHandle } from "./handle.ts";
import { errorsOf } from "../wrong_field.ts";

const ALERT = "alert";
const TOKEN_MAX = 200;

export function welcome({ run, auth }: Pick<Services, "run" | "auth">): Hono<Env> {
  async function show(c: Context<Env>, fields: Fields, problem?: Problem): Promise<Response> {
    const workspace = await auth.workspace();
    if (workspace) return await closed(c, workspace.name, problem);
    const error = errorsOf(problem, ALERT);
    const page = (
      <EntryLayout title="Create your workspace" detail="You'll be the owner.">
        <form method="post" action="/welcome">
          <div class="form-in">
            <Alert problem={problem} id={ALERT} typed={fields} />
            <TextField
              name="workspace"
              label="Workspace name"
              value={fields.workspace}
              placeholder="Northfell Survey"
              autocomplete="organization"
              error={error("workspace")}
              autofocus={!problem || undefined}
            />
            <AccountFields fields={fields} error={error} />
            <TextField
              name="token"
              label="Set-up code"
              value={fields.token}
              hint="From the link the server printed."
              maxLength={TOKEN_MAX}
              isCode
              error={error("token")}
            />
            <button class="btn go wide" type="submit">Create workspace</button>
          </div>
        </form>
      </EntryLayout>
    );
    return await respondPage(c, page, { title: "Welcome to Rivulet", status: statusOf(problem) });
  }

  return new Hono<Env>()
    .get("/welcome", (c) => show(c, { token: c.req.query("token") ?? "" }))
    .post("/welcome", (c) =>
      submit(c, {
        verb: "set up workspace",
        async act(fields) {
          const handle = typedHandle(fields) || suggestHandle(fields.name ?? "");
          await run("auth.setUp", { ...fields, handle }, toCall(c));
          return seeOther(c, "/");
        },
        again: (problem, fields) => show(c, { ...fields, handle: typedHandle(fields) }, problem),
      }));
}

/** No form: there is a workspace. */
function closed(c: Context<Env>, workspace: string, problem: Problem | undefined): Promise<Response> {
  const page = (
    <EntryLayout title={workspace} detail="This workspace is already set up. Ask an admin for an invite link.">
      <Alert problem={problem} id={ALERT} />
      <a class="btn go wide" href="/sign-in">Sign in</a>
    </EntryLayout>
  );
  return respondPage(c, page, { title: workspace, status: statusOf(problem) });
}
