/** My account, this browser, and, for those who run the workspace, people and invites. Plain forms throughout. */
import { type Context, Hono } from "hono";
import type { Env } from "../../../lib/server/http/env.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { respondPage } from "../document.tsx";
import { type Fields, forPeople, seeOther, statusOf, submit } from "../forms.ts";
import { LINES_MAX, readWanted } from "../more.tsx";
import { renderProblemPage } from "../problem.tsx";
import { keepTheme, readTheme, readZone, themes } from "./preferences.ts";
import { keepShownOnce, type ShownOnce, takeShownOnce } from "./shown_once.ts";
import type { SettingsSection } from "../../../lib/ui/shell/settings_side.tsx";
import { loadShell, type PageServices } from "../side_data.ts";
import { SettingsPage } from "./settings_page.tsx";

const DAY_MS = 86_400_000;

interface Outcome {
  section: SettingsSection;
  problem: Problem;
  fields?: Fields;
}

/** A form of the page: its section, what completes "Cannot …", and its command. Then the section is shown again. */
type Change = [section: SettingsSection, verb: string, run: (fields: Fields, call: SignedInCall) => Promise<unknown>];
/** A form that makes what is shown once. */
type Making = [section: SettingsSection, verb: string, run: (fields: Fields, call: SignedInCall) => Promise<ShownOnce>];

export function settings(services: PageServices): Hono<Env> {
  const { run } = services;
  const changes = new Map<string, Change>(Object.entries({
    profile: ["profile", "update profile", (fields, me) => run("users.update", changed(fields, me.user), me)],
    password: ["password", "change password", (fields, me) => run("auth.changePassword", passwords(fields), me)],
    sessions: [
      "sessions",
      "end session",
      ({ session, others }, me) => others === undefined ? run("sessions.revoke", { session }, me) : endOthers(me),
    ],
    token: ["tokens", "revoke token", ({ id }, me) => run("tokens.revoke", { id }, me)],
    role: ["people", "set role", ({ user, role }, me) => run("users.setRole", { user, role }, me)],
    deactivate: ["people", "deactivate person", ({ user }, me) => run("users.deactivate", { user }, me)],
    reactivate: ["people", "reactivate person", ({ user }, me) => run("users.reactivate", { user }, me)],
    revoke: ["invites", "revoke invite", ({ id }, me) => run("invites.revoke", { id }, me)],
  }));
  const makings = new Map<string, Making>(Object.entries({
    invites: ["invites", "make invite", async ({ uses = "", days = "" }, me) => {
      const body = { uses: Number(uses), expiresIn: Number(days) * DAY_MS };
      return { section: "invites", made: await run("invites.create", body, me) };
    }],
    tokens: ["tokens", "make token", async ({ name, days = "" }, me) => {
      const body = { name, ...(days !== "" && { expiresIn: Number(days) * DAY_MS }) };
      return { section: "tokens", token: await run("tokens.create", body, me) };
    }],
    feeds: ["feeds", "make feed addresses", async (_, me) => {
      return { section: "feeds", feeds: await run("feedTokens.rotate", {}, me) };
    }],
  }));

  async function endOthers(call: SignedInCall): Promise<void> {
    const { sessions } = await run("sessions.list", {}, call);
    for (const { id, current } of sessions) if (!current) await run("sessions.revoke", { session: id }, call);
  }

  async function show(c: Context<Env>, call: SignedInCall, outcome?: Outcome): Promise<Response> {
    const isAdmin = call.user.role === "owner" || call.user.role === "admin";
    // Sections that are not theirs can say nothing.
    if (outcome && !isAdmin && (outcome.section === "people" || outcome.section === "invites")) {
      return await renderProblemPage(c, outcome.problem);
    }
    const limit = LINES_MAX;
    const lists = { people: readWanted(c, "people"), invites: readWanted(c, "invites") };
    const [{ user }, shell, { sessions }, { tokens }, hasFeeds, people, invites] = await Promise.all([
      run("auth.me", {}, call),
      loadShell(services, call, { path: "/settings", title: "Settings", zone: readZone(c) }),
      run("sessions.list", {}, call),
      run("tokens.list", { limit }, call),
      services.auth.hasFeedToken(call.user),
      isAdmin ? run("users.list", { limit, ...lists.people }, call) : undefined,
      isAdmin ? run("invites.list", { limit, after: lists.invites.after }, call) : undefined,
    ]);
    const shown = outcome ? undefined : takeShownOnce(c);
    const view = (
      <SettingsPage
        me={user}
        shell={shell}
        sessions={sessions}
        tokens={tokens}
        hasFeeds={hasFeeds}
        people={people}
        invites={invites}
        lists={lists}
        theme={readTheme(c)}
        zone={readZone(c)}
        saved={c.req.query("saved")}
        outcome={outcome}
        shown={shown}
      />
    );
    return await respondPage(c, view, {
      title: shell.title,
      status: statusOf(outcome?.problem),
      island: "islands/shell/shell.tsx",
      data: shell,
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
      "/settings/:action",
      forPeople((c, call) => {
        const name = c.req.param("action") ?? "";
        const [change, making] = [changes.get(name), makings.get(name)];
        const [section, verb] = change ?? making ?? [];
        if (section === undefined || verb === undefined) return Promise.resolve(c.notFound());
        return submit(c, {
          verb,
          async act(fields) {
            if (making) return madeOnce(c, await making[2](fields, call));
            await change?.[2](fields, call);
            return saved(c, section);
          },
          again: (problem, fields) => show(c, call, { section, problem, fields }),
        });
      }, back),
    )
    // The address of a form's page: opened or reloaded, it is the settings where the form is.
    .get(
      "/settings/:action",
      forPeople((c) => {
        const name = c.req.param("action") ?? "";
        const [section] = changes.get(name) ?? makings.get(name) ?? (name === "theme" ? ["appearance"] : []);
        if (section === undefined) return Promise.resolve(c.notFound());
        return Promise.resolve(c.redirect(`/settings#${section}`));
      }),
    );
}

function madeOnce(c: Context<Env>, shown: ShownOnce): Response {
  keepShownOnce(c, shown);
  return seeOther(c, "/settings"); // With no fragment: a browser would leave the focus there, not in the field.
}

const PASSWORD = "/settings#password";
const back = () => "/settings";

const passwords = ({ current, password }: Fields) => ({ current, password });

/** The changed fields of a profile. An old name or handle that would be refused now stays as it is. */
function changed({ name, handle }: Fields, me: { name: string; handle: string }): Fields {
  return {
    ...(name !== undefined && name !== me.name && { name }),
    ...(handle !== undefined && handle !== me.handle && { handle }),
  };
}

function saved(c: Context<Env>, section: SettingsSection): Response {
  return seeOther(c, `/settings?saved=${section}#${section}`);
}
