import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";
import { user, whoAmI } from "./users.ts";

const signedIn = z.object({ user });
const nothing = z.object({});

export const sessionLine = z.object({
  id: z.string(),
  at: field.time,
  seenAt: field.time,
  agent: z.string(),
  current: z.boolean(),
});
export type SessionLine = z.infer<typeof sessionLine>;

export const tokenLine = z.object({
  id: z.string(),
  name: z.string(),
  at: field.time,
  lastUsedAt: z.optional(field.time),
  expiresAt: z.optional(field.time),
});
export type TokenLine = z.infer<typeof tokenLine>;

const TOKEN_DAYS_MAX = 36_500;

/** The form of a recovery link's page. */
export const newPassword = z.object({ password: field.password });

export const authCommands = {
  "auth.setUp": command({
    input: z.object({
      token: field.secret,
      workspace: field.name,
      name: field.name,
      handle: field.handle,
      password: field.password,
    }),
    output: signedIn,
    verb: "set up workspace",
    open: true,
    cookie: true,
  }),
  "auth.signUp": command({
    input: z.object({ invite: field.secret, name: field.name, handle: field.handle, password: field.password }),
    output: signedIn,
    verb: "join",
    open: true,
    cookie: true,
  }),
  "auth.signIn": command({
    input: z.object({ handle: field.attempt, password: field.attempt }),
    output: signedIn,
    verb: "sign in",
    open: true,
    cookie: true,
  }),
  "auth.signOut": command({
    input: nothing,
    output: nothing,
    verb: "sign out",
    cookie: true,
    sessionOnly: true,
  }),
  "auth.me": command({
    input: nothing,
    output: whoAmI,
    verb: "tell who is signed in",
  }),
  "auth.changePassword": command({
    input: z.object({ current: field.attempt, password: field.password }),
    output: nothing,
    verb: "change password",
    sessionOnly: true,
  }),
  "sessions.list": command({
    input: nothing,
    output: z.object({ sessions: z.array(sessionLine) }),
    verb: "list sessions",
    load: "read",
  }),
  "sessions.revoke": command({
    input: z.object({ session: field.id }),
    output: nothing,
    verb: "end session",
  }),
  "tokens.create": command({
    input: z.object({ name: field.name, expiresIn: field.expiresIn(TOKEN_DAYS_MAX) }),
    output: z.object({ id: z.string(), token: z.string() }),
    verb: "make token",
    sessionOnly: true,
  }),
  "tokens.list": command({
    input: z.object(field.page),
    output: z.object({ tokens: z.array(tokenLine), more: z.boolean() }),
    verb: "list tokens",
    load: "read",
  }),
  "tokens.revoke": command({
    input: z.object({ id: field.id }),
    output: nothing,
    verb: "revoke token",
  }),
  /** Ends the person's feed token before, if there was one. */
  "feedTokens.rotate": command({
    input: nothing,
    output: z.object({ token: z.string(), json: z.string(), atom: z.string() }),
    verb: "make feed addresses",
    sessionOnly: true,
  }),
};
