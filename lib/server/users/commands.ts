import type { Handlers } from "../commands/handlers.ts";
import type { accountCommands } from "../../protocol/accounts.ts";
import type { User, userCommands } from "../../protocol/users.ts";
import { matches } from "./matches.ts";
import type { UsersService } from "./service.ts";

/** The people among these, given in id order, who are in a room. Throws `Refusal` if `user` may not see it. */
export type Among = (user: User, room: string, people: string[]) => Promise<ReadonlySet<string>>;

/** The handlers of the commands on people. */
export function createUserCommands(
  users: UsersService,
  among: Among,
): Handlers<keyof typeof userCommands | keyof typeof accountCommands> {
  return {
    "users.list": ({ query, active, inside, outside, ...page }, { user }) => {
      if (!query && !active && inside === undefined && outside === undefined) return users.list(page);
      return users.list(page, async (people) => {
        const ids = people.map(({ id }) => id);
        const [members, others] = await Promise.all(
          [inside, outside].map((room) => room === undefined ? undefined : among(user, room, ids)),
        );
        return people.filter((it) =>
          (!active || it.deactivatedAt === undefined) && matches(query ?? "", it.name, `@${it.handle}`) &&
          (!members || members.has(it.id)) && !others?.has(it.id)
        );
      });
    },
    "users.get": async ({ ids }) => ({ users: await users.get(ids) }),
    "users.update": async (fields, { user }) => ({ user: await users.update(user, fields) }),
    "users.setRole": async (fields, { user }) => ({ user: await users.setRole(user, fields) }),
    "users.deactivate": async (fields, { user }) => ({ user: await users.deactivate(user, fields.user) }),
    "users.reactivate": async (fields, { user }) => ({ user: await users.reactivate(user, fields.user) }),
  };
}
