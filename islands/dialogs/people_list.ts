import { type ReadonlySignal, useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Chat } from "../../lib/client/chat.ts";
import type { User } from "../../lib/protocol/users.ts";

const PAGE = 100;
const PAGES_MAX = 20;

/** Everybody who is active, by name; fills page by page. */
export function usePeople(chat: Chat): ReadonlySignal<readonly User[]> {
  const people = useSignal<readonly User[]>([]);
  useEffect(() => {
    let isOpen = true;
    const load = async () => {
      let after: string | undefined;
      for (let page = 0; page < PAGES_MAX && isOpen; page++) {
        const { users, more } = await chat.live.call("users.list", { limit: PAGE, after });
        chat.people.put(users);
        people.value = [...people.peek(), ...users.filter((it) => it.deactivatedAt === undefined)].sort(byName);
        after = users.at(-1)?.id;
        if (!more) return;
      }
    };
    void load().catch(() => {}); // The list stays as long as it got; opening it again tries anew.
    return () => void (isOpen = false);
  }, []);
  return people;
}

export function isCalled(user: User, word: string): boolean {
  return `${user.name} ${user.handle}`.toLowerCase().includes(word.trim().toLowerCase());
}

function byName(a: User, b: User): number {
  return a.name.localeCompare(b.name);
}
