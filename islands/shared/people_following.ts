/** Keeps the people whom a page names as they are now: their names, their roles, whether they are gone. */
import { batch } from "@preact/signals";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import type { PeopleStore } from "../../lib/client/stores/people_store.ts";
import { type FeedEvent, isFeedEvent } from "../../lib/protocol/events.ts";
import { USERS_GET_MAX } from "../../lib/protocol/fields.ts";
import { FEED, NOW } from "../../lib/protocol/streams.ts";

export interface PeopleFollowingDeps {
  live: Pick<LiveClient, "follow" | "call">;
  people: PeopleStore;
}

export interface PeopleFollowing {
  apply(event: FeedEvent): void;
  /** Reads everybody who is known again, because earlier changes may have been missed. Throws `Refusal`. */
  renew(): Promise<void>;
}

export function createPeopleFollowing({ live, people }: PeopleFollowingDeps): PeopleFollowing {
  /** People whom an event named since the last reading began: what is read may be older. */
  const changed = new Set<string>();

  return {
    apply(event) {
      if (event.type !== "users.updated" && event.type !== "users.deactivated") return;
      changed.add(event.data.user.id);
      people.changed(event.data.user);
    },
    async renew() {
      changed.clear();
      const ids = [...people.users.peek().keys()];
      for (let at = 0; at < ids.length; at += USERS_GET_MAX) {
        const { users } = await live.call("users.get", { ids: ids.slice(at, at + USERS_GET_MAX) });
        people.put(users.filter(({ id }) => !changed.has(id)));
      }
    },
  };
}

/** Follows the feed for its news of people alone, for a page that shows nothing else of it. */
export function followPeople(deps: PeopleFollowingDeps): void {
  const following = createPeopleFollowing(deps);
  let isFresh = true;
  deps.live.follow(FEED, NOW, {
    followed() {
      // The page is older than this position. If reading fails, the next connection repeats it.
      if (isFresh) void following.renew().then(() => isFresh = false, () => {});
    },
    events: (events) => batch(() => events.filter(isFeedEvent).forEach(following.apply)),
    gone: () => followPeople(deps),
  });
}
