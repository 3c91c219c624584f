import type { Handlers } from "../protocol/handlers.ts";
import type { UsersService } from "./service.ts";

/** The handlers of the commands on people. */
export function userHandlers(users: UsersService): Handlers<
  "users.list" | "users.get" | "users.update" | "users.setRole" | "users.deactivate" | "users.reactivate"
> {
  return {
    "users.list": (page) => users.list(page),
    "users.get": async ({ ids }) => ({ users: await users.get(ids) }),
    "users.update": async (fields, { user }) => ({ user: await users.update(user, fields) }),
    "users.setRole": async (fields, { user }) => ({ user: await users.setRole(user, fields) }),
    "users.deactivate": async (fields, { user }) => ({ user: await users.deactivate(user, fields.user) }),
    "users.reactivate": async (fields, { user }) => ({ user: await users.reactivate(user, fields.user) }),
  };
}
