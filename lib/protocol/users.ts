import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

export const role = z.enum(["owner", "admin", "member", "bot"], "must be owner, admin, member or bot");
export type Role = z.infer<typeof role>;

export const user = z.object({
  id: z.string(),
  handle: z.string(),
  name: z.string(),
  avatar: z.optional(z.string()),
  role,
  deactivatedAt: z.optional(field.time),
});
export type User = z.infer<typeof user>;

/** Who is signed in, and where. */
export const whoAmI = z.object({ user, workspace: z.object({ name: z.string() }) });

export const userCommands = {
  "users.list": command({
    input: z.object({
      ...field.page,
      query: z.optional(field.query),
      active: field.flag,
      inside: z.optional(field.id),
      outside: z.optional(field.id),
    }),
    output: z.object({ users: z.array(user), more: z.boolean() }),
    verb: "list people",
    load: "read",
  }),
  "users.get": command({
    input: z.object({
      ids: z.array(field.id, "must be a list").check(
        z.maxLength(field.USERS_GET_MAX, `has more than ${field.USERS_GET_MAX} ids`),
      ),
    }),
    output: z.object({ users: z.array(user) }),
    verb: "get people",
    load: "read",
  }),
};

export const userEvents = {
  "users.updated": z.object({ user }),
  "users.deactivated": z.object({ user }),
};

export const sessionEvents = { "sessions.revoked": z.object({ session: z.string() }) };
