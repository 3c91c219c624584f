/** Changes of accounts: one's own, and by admins. */
import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";
import { user } from "./users.ts";

const oneUser = z.object({ user });

export const accountCommands = {
  "users.update": command({
    input: z.object({
      name: z.optional(field.name),
      handle: z.optional(field.handle),
      avatar: z.optional(field.attempt),
    }),
    output: oneUser,
    verb: "update profile",
  }),
  "users.setRole": command({
    input: z.object({ user: field.id, role: z.enum(["owner", "admin", "member"], "must be owner, admin or member") }),
    output: oneUser,
    verb: "set role",
  }),
  "users.deactivate": command({
    input: z.object({ user: field.id }),
    output: oneUser,
    verb: "deactivate person",
  }),
  "users.reactivate": command({
    input: z.object({ user: field.id }),
    output: oneUser,
    verb: "reactivate person",
  }),
};
