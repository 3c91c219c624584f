/** Follows my own stream and the feed, and tells each store what is its own. */
import { batch } from "@preact/signals";
import type { FeedParts } from "../../lib/client/stores/feed_parts.ts";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import type { PeopleStore } from "../../lib/client/stores/people_store.ts";
import type { RoomsStore } from "../../lib/client/stores/rooms_store.ts";
import type { Unseen } from "../../lib/client/stores/unseen.ts";
import { isKnownEvent, type KnownEvent } from "../../lib/protocol/events.ts";
import { FEED, NOW, userStream } from "../../lib/protocol/streams.ts";
import { createPeopleFollowing } from "./people_following.ts";

export interface FeedFollowingDeps {
  me: string;
  live: LiveClient;
  rooms: RoomsStore;
  people: PeopleStore;
  feed: FeedParts;
  unseen: Unseen;
}

/** From now on, and again from wherever a stream cannot go on. */
export function followFeed({ me, live, rooms, people, feed, unseen }: FeedFollowingDeps): void {
  const named = createPeopleFollowing({ live, people });

  function mine(event: KnownEvent) {
    rooms.apply(event);
    unseen.apply(event);
    if (event.type === "inbox.withdrawn") feed.withdrawn("you", event.data);
    else if (event.type === "inbox.restored") feed.restored("you", event.data);
    else if (event.type.startsWith("inbox.")) feed.look("you");
    if (event.type === "feed.seen") feed.seen(event.data.view, event.data.offset);
  }

  function everybody(event: KnownEvent) {
    if (event.type === "feed.posted") feed.posted(event.data.entry);
    if (event.type === "feed.withdrawn") feed.withdrawn("everything", event.data);
    named.apply(event);
  }

  function follow(stream: string, apply: (event: KnownEvent) => void, begin: () => Promise<void>) {
    let isFresh = true;
    live.follow(stream, NOW, {
      followed() {
        // The document is older than this position; what is read now is not. Where that fails, the next connection does it.
        if (isFresh) begin().then(() => isFresh = false, () => {});
      },
      events: (events) => batch(() => events.filter(isKnownEvent).forEach(apply)),
      gone(reason) {
        if (reason === "epoch") feed.anew();
        follow(stream, apply, begin);
      },
    });
  }

  follow(userStream(me), mine, () => {
    unseen.load();
    feed.look("you");
    return rooms.load();
  });
  follow(FEED, everybody, () => {
    feed.look("everything");
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
