import type { authCommands } from "../../protocol/auth.ts";
import type { inviteCommands } from "../../protocol/invites.ts";
import type { Handlers } from "../commands/handlers.ts";
import type { AuthService } from "./service.ts";

/** The handlers of the commands on sign-in, sessions, invites and tokens. */
export function createAuthCommands(
  auth: AuthService,
): Handlers<keyof typeof authCommands | keyof typeof inviteCommands> {
  return {
    "auth.setUp": async (fields, call) => ({ user: await auth.setUp(fields, call) }),
    "auth.signUp": async (fields, call) => ({ user: await auth.signUp(fields, call) }),
    "auth.signIn": async (fields, call) => ({ user: await auth.signIn(fields, call) }),
    "auth.signOut": async (_fields, call) => {
      await auth.signOut(call);
      return {};
    },
    "auth.me": async (_fields, { user }) => {
      const workspace = await auth.workspace();
      return { user, workspace: { name: workspace?.name ?? "" } };
    },
    "auth.changePassword": async (fields, call) => {
      await auth.changePassword(fields, call);
      return {};
    },
    "sessions.list": (_fields, call) => auth.sessions(call),
    "sessions.revoke": async ({ session }, { user }) => {
      await auth.revokeSession(user, session);
      return {};
    },
    "invites.create": (fields, call) => auth.createInvite(call, fields),
    "invites.list": (page, { user }) => auth.invites(user, page),
    "invites.revoke": async ({ id }, { user }) => {
      await auth.revokeInvite(user, id);
      return {};
    },
    "tokens.create": (fields, { user }) => auth.createToken(user, fields),
    "tokens.list": (page, { user }) => auth.tokens(user, page),
    "tokens.revoke": async ({ id }, { user }) => {
      await auth.revokeToken(user, id);
      return {};
    },
    "feedTokens.rotate": async (_fields, { user, origin }) => {
      const token = await auth.rotateFeedToken(user);
      return { token, json: `${origin}/feed.json?token=${token}`, atom: `${origin}/feed.atom?token=${token}` };
    },
  };
}
