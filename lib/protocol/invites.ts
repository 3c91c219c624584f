import * as z from "zod/mini";
import { command } from "./command.ts";
import * as field from "./fields.ts";

const inviteLine = z.object({
  id: z.string(),
  by: z.string(),
  at: field.time,
  expiresAt: field.time,
  /** How many may still come by it. */
  uses: z.int(),
});
export type InviteLine = z.infer<typeof inviteLine>;

export const INVITE_EXPIRES_MS = 7 * field.DAY_MS;
export const INVITE_DAYS_MAX = 90;
export const INVITE_USES_MAX = 1_000;

export const inviteCommands = {
  "invites.create": command({
    input: z.object({
      expiresIn: field.expiresIn(INVITE_DAYS_MAX),
      uses: z.optional(
        z.int("must be a whole number").check(
          z.gte(1, "must be at least 1"),
          z.lte(INVITE_USES_MAX, `must be at most ${INVITE_USES_MAX}`),
        ),
      ),
    }),
    output: z.object({ id: z.string(), invite: z.string(), url: z.string() }),
    verb: "make invite",
  }),
  "invites.list": command({
    input: z.object(field.page),
    output: z.object({ invites: z.array(inviteLine), more: z.boolean() }),
    verb: "list invites",
    load: "read",
  }),
  "invites.revoke": command({
    input: z.object({ id: field.id }),
    output: z.object({}),
    verb: "revoke invite",
  }),
};
