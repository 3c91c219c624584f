import type { Chat } from "../../../lib/client/stores/chat.ts";
import type { Found } from "../../../lib/client/stores/found.ts";
import type { Input } from "../../../lib/protocol/commands.ts";
import { LIST_LIMIT_MAX } from "../../../lib/protocol/fields.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { useFound } from "../use_found.ts";

type Among = Pick<Input<"users.list">, "active" | "inside" | "outside">;

/** The people who have `query` in their name or handle, page by page. */
export function usePeople(chat: Chat, query: string, among: Among, version: unknown = 0): Found<User> {
  return useFound<User>(query, async (query, last) => {
    const page = { query, limit: LIST_LIMIT_MAX, after: last?.id };
    const { users, more } = await chat.live.call("users.list", { ...page, ...among });
    chat.people.put(users);
    return { items: users, more };
  }, version);
}

/** By name, as lists of people are shown. */
export function byName(users: readonly User[]): User[] {
  return users.toSorted((a, b) => a.name.localeCompare(b.name));
}
