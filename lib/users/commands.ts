import type { Handlers } from "../protocol/handlers.ts";
import type { userCommands } from "../protocol/users.ts";
import type { UsersService } from "./service.ts";

/** The handlers of the commands on people. */
export function createUserCommands(users: UsersService): Handlers<keyof typeof userCommands> {
  return {
    "users.list": (page) => users.list(page),
    "users.get": async ({ ids }) => ({ users: await users.get(ids) }),
    "users.update": async (fields, { user }) => ({ user: await users.update(user, fields) }),
    "users.setRole": async (fields, { user }) => ({ user: await users.setRole(user, fields) }),
    "users.deactivate": async (fields, { user }) => ({ user: await users.deactivate(user, fields.user) }),
    "users.reactivate": async (fields, { user }) => ({ user: await users.reactivate(user, fields.user) }),
  };
}
