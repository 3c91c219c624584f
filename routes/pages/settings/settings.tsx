/** My account, this browser, and, for those who run the workspace, people and invites. Plain forms throughout. */
import { type Context, Hono } from "hono";
import type { Output } from "../../../lib/protocol/commands.ts";
import type { Env } from "../../../lib/server/http/env.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import type { Services } from "../../../lib/server/services.ts";
import { respondPage } from "../document.tsx";
import { type Fields, forPeople, seeOther, statusOf, submit } from "../forms.ts";
import { LINES_MAX, readWanted } from "../more.tsx";
import { keepTheme, readTheme, readZone, themes } from "./preferences.ts";
import { SettingsPage, type SettingsSection } from "./settings_page.tsx";

const DAY_MS = 86_400_000;

interface Outcome {
  section: SettingsSection;
  problem?: Problem;
  fields?: Fields;
  /** An invite's link: shown this once. */
  made?: Output<"invites.create">;
  /** A token: shown this once. */
  token?: Output<"tokens.create">;
  /** The feed's addresses: shown this once. */
  feeds?: Output<"feedTokens.rotate">;
}

/** What a settings form runs: its command, and the body of its fields. */
interface Action {
  section: SettingsSection;
  verb: string;
  run(fields: Fields, call: SignedInCall): Promise<unknown>;
}

export function settings({ run }: Pick<Services, "run">): Hono<Env> {
  const actions: Record<string, Action> = {
    profile: {
      section: "profile",
      verb: "update profile",
      run: (fields, call) => run("users.update", changed(fields, call.user), call),
    },
    password: {
      section: "password",
      verb: "change password",
      run: ({ current, password }, call) => run("auth.changePassword", { current, password }, call),
    },
    sessions: {
      section: "sessions",
      verb: "end session",
      run: ({ session }, call) => run("sessions.revoke", { session }, call),
    },
    token: {
      section: "tokens",
      verb: "revoke token",
      run: ({ id }, call) => run("tokens.revoke", { id }, call),
    },
    role: {
      section: "people",
      verb: "set role",
      run: ({ user, role }, call) => run("users.setRole", { user, role }, call),
    },
    deactivate: {
      section: "people",
      verb: "deactivate person",
      run: ({ user }, call) => run("users.deactivate", { user }, call),
    },
    reactivate: {
      section: "people",
      verb: "reactivate person",
      run: ({ user }, call) => run("users.reactivate", { user }, call),
    },
    revoke: {
      section: "invites",
      verb: "revoke invite",
      run: ({ id }, call) => run("invites.revoke", { id }, call),
    },
  };

  async function show(c: Context<Env>, call: SignedInCall, outcome?: Outcome): Promise<Response> {
    const isAdmin = call.user.role === "owner" || call.user.role === "admin";
    const limit = LINES_MAX;
    const lists = { people: readWanted(c, "people"), invites: readWanted(c, "invites") };
    const [{ user, workspace }, { sessions }, { tokens }, people, invites] = await Promise.all([
      run("auth.me", {}, call),
      run("sessions.list", {}, call),
      run("tokens.list", { limit }, call),
      isAdmin ? run("users.list", { limit, ...lists.people }, call) : undefined,
      isAdmin ? run("invites.list", { limit, after: lists.invites.after }, call) : undefined,
    ]);
    const view = (
      <SettingsPage
        me={user}
        sessions={sessions}
        tokens={tokens}
        people={people}
        invites={invites}
        lists={lists}
        theme={readTheme(c)}
        zone={readZone(c)}
        saved={c.req.query("saved")}
        outcome={outcome}
      />
    );
    return await respondPage(c, view, {
      title: `Settings · ${workspace.name}`,
      status: statusOf(outcome?.problem),
      ...((outcome?.made ?? outcome?.token ?? outcome?.feeds) && { island: "islands/shared/copy.ts" }),
    });
  }

  return new Hono<Env>()
    .get("/settings", forPeople((c, call) => show(c, call)))
    // Password managers lead people here (W3C, A Well-Known URL for Changing Passwords).
    .get("/.well-known/change-password", forPeople((c) => Promise.resolve(c.redirect(PASSWORD)), () => PASSWORD))
    .post(
      "/settings/theme",
      forPeople((c, call) =>
        submit(c, {
          verb: "set theme",
          act(fields) {
            keepTheme(c, themes.find((theme) => theme === fields.theme) ?? "system");
            return Promise.resolve(saved(c, "appearance"));
          },
          again: (problem) => show(c, call, { section: "appearance", problem }),
        }), back),
    )
    .post(
      "/settings/invites",
      forPeople((c, call) =>
        submit(c, {
          verb: "make invite",
          async act({ uses = "", days = "" }) {
            const body = { uses: Number(uses), expiresIn: Number(days) * DAY_MS };
            // Not a redirect: the link is in this answer or nowhere.
            return await show(c, call, { section: "invites", made: await run("invites.create", body, call) });
          },
          again: (problem, fields) => show(c, call, { section: "invites", problem, fields }),
        }), back),
    )
    .post(
      "/settings/tokens",
      forPeople((c, call) =>
        submit(c, {
          verb: "make token",
          async act({ name, days = "" }) {
            const body = { name, ...(days !== "" && { expiresIn: Number(days) * DAY_MS }) };
            // Not a redirect: the token is in this answer or nowhere.
            return await show(c, call, { section: "tokens", token: await run("tokens.create", body, call) });
          },
          again: (problem, fields) => show(c, call, { section: "tokens", problem, fields }),
        }), back),
    )
    .post(
      "/settings/feeds",
      forPeople((c, call) =>
        submit(c, {
          verb: "make feed addresses",
          act: async () => await show(c, call, { section: "feeds", feeds: await run("feedTokens.rotate", {}, call) }),
          again: (problem) => show(c, call, { section: "feeds", problem }),
        }), back),
    )
    .post(
      "/settings/:action",
      forPeople((c, call) => {
        const name = c.req.param("action") ?? "";
        const action = Object.hasOwn(actions, name) ? actions[name] : undefined;
        if (!action) return Promise.resolve(c.notFound());
        const { section, verb } = action;
        return submit(c, {
          verb,
          async act(fields) {
            await action.run(fields, call);
            return saved(c, section);
          },
          again: (problem, fields) => show(c, call, { section, problem, fields }),
        });
      }, back),
    );
}

const PASSWORD = "/settings#password";
const back = () => "/settings";

/** What of a profile is typed otherwise. A name or handle of before that no new one may be like stays as it is. */
function changed({ name, handle }: Fields, me: { name: string; handle: string }): Fields {
  return {
    ...(name !== undefined && name !== me.name && { name }),
    ...(handle !== undefined && handle !== me.handle && { handle }),
  };
}

function saved(c: Context<Env>, section: SettingsSection): Response {
  return seeOther(c, `/settings?saved=${section}#${section}`);
}
