/** Follows my own stream and the feed, and passes each event to the stores that keep it. */
import { batch } from "@preact/signals";
import type { FeedParts } from "../../lib/client/stores/feed_parts.ts";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import type { PeopleStore } from "../../lib/client/stores/people_store.ts";
import type { RoomsStore } from "../../lib/client/stores/rooms_store.ts";
import type { Unseen } from "../../lib/client/stores/unseen.ts";
import {
  type Event,
  type FeedEvent,
  isFeedEvent,
  isUserEvent,
  reduce,
  type Reducers,
  type UserEvent,
} from "../../lib/protocol/events.ts";
import { FEED, NOW, userStream } from "../../lib/protocol/streams.ts";
import { createPeopleFollowing } from "../shared/people_following.ts";

export interface FeedFollowingDeps {
  me: string;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  feed: FeedParts;
  unseen: Unseen;
}

/** Follows from now on, and starts again when a stream cannot go on. */
export function followFeed({ me, live, rooms, people, feed, unseen }: FeedFollowingDeps): void {
  const named = createPeopleFollowing({ live, people });

  const nothing = () => {};
  const refresh = () => feed.refresh("you");
  const mine: Reducers<UserEvent> = {
    "inbox.mentioned": refresh,
    "inbox.replied": refresh,
    "inbox.reacted": refresh,
    "inbox.messaged": refresh,
    "inbox.invited": refresh,
    "inbox.withdrawn": ({ data }) => feed.withdrawn("you", data),
    "inbox.restored": ({ data }) => feed.restored("you", data),
    "feed.seen": ({ data }) => feed.seen(data.view, data.offset),
    "reads.marked": nothing,
    "rooms.added": nothing,
    "rooms.removed": nothing,
    "rooms.levelSet": nothing,
    "sessions.revoked": nothing,
  };
  const everybody: Reducers<FeedEvent> = {
    "feed.posted": ({ data }) => feed.posted(data.entry),
    "feed.withdrawn": ({ data }) => feed.withdrawn("everything", data),
    "users.updated": named.apply,
    "users.deactivated": named.apply,
  };

  function follow(stream: string, apply: (events: Event[]) => void, begin: () => Promise<void>) {
    let isFresh = true;
    live.follow(stream, NOW, {
      followed() {
        // The page is older than this position; what is read now is not. If that fails, the next connection repeats it.
        if (isFresh) begin().then(() => isFresh = false, () => {});
      },
      events: (events) => batch(() => apply(events)),
      gone(reason) {
        if (reason === "epoch") feed.restart();
        follow(stream, apply, begin);
      },
    });
  }

  const applyMine = (events: Event[]) =>
    events.filter(isUserEvent).forEach((event) => {
      rooms.apply(event);
      unseen.apply(event);
      reduce(mine, event);
    });
  const applyEverybody = (events: Event[]) => events.filter(isFeedEvent).forEach((event) => reduce(everybody, event));

  follow(userStream(me), applyMine, () => {
    unseen.load();
    feed.refresh("you");
    return rooms.load();
  });
  follow(FEED, applyEverybody, () => {
    feed.refresh("everything");
    return named.renew();
  });
  live.listen({
    welcome(frame) {
      people.put([frame.user]);
      rooms.welcomed();
    },
    digest: (frame) => rooms.digest(frame.rooms),
    presence: (frame) => people.setPresence(frame.users),
  });
}
