import type { Context } from "hono";
import { Hono } from "hono";
import { type Env, toCall, toSignedInCall } from "../../../lib/server/http/env.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { Services } from "../../../lib/server/services.ts";
import { Alert } from "../alert.tsx";
import { respondPage } from "../document.tsx";
import { EntryLayout, PasswordField, TextField } from "./entry_layout.tsx";
import { seeOther, statusOf, submit } from "../forms.ts";
import { safeRedirect, signInPath } from "./safe_redirect.ts";

const ALERT = "alert";

export function signIn({ run, auth }: Pick<Services, "run" | "auth">): Hono<Env> {
  async function show(c: Context<Env>, problem?: Problem, handle?: string): Promise<Response> {
    const workspace = await auth.workspace();
    if (!workspace) return seeOther(c, "/welcome");
    const next = safeRedirect(c.req.query("next"));
    const error = problem?.code === "unauthenticated" || problem?.code === "invalid" ? ALERT : undefined;
    const page = (
      <EntryLayout title={workspace.name} detail={`Sign in to ${new URL(c.get("origin")).host}`}>
        <form method="post" action={signInPath(next)}>
          <div class="form-in">
            <Alert problem={problem} id={ALERT} />
            <TextField
              name="handle"
              label="Handle"
              value={handle}
              autocomplete="username"
              autofocus={handle === undefined}
              error={error}
            />
            <PasswordField error={error} autofocus={handle !== undefined} />
            <button class="btn go wide" type="submit">Sign in</button>
          </div>
        </form>
        <small>New here? Ask an admin for an invite link.</small>
      </EntryLayout>
    );
    return await respondPage(c, page, { title: `Sign in · ${workspace.name}`, status: statusOf(problem) });
  }

  return new Hono<Env>()
    .get("/sign-in", (c) => c.get("signedIn") ? seeOther(c, "/") : show(c))
    .post("/sign-in", (c) =>
      submit(c, {
        verb: "sign in",
        async act(fields) {
          await run("auth.signIn", { ...fields, handle: (fields.handle ?? "").trim().replace(/^@/, "") }, toCall(c));
          return seeOther(c, safeRedirect(c.req.query("next")) ?? "/");
        },
        again: (problem, fields) => show(c, problem, fields.handle ?? ""),
      }))
    .get("/sign-out", (c) => c.redirect("/"))
    .post("/sign-out", async (c) => {
      if (c.get("signedIn")) await run("auth.signOut", {}, toSignedInCall(c, "sign out"));
      return seeOther(c, "/");
    });
}
