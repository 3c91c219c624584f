import type { feedCommands } from "../../protocol/feed.ts";
import type { Handlers } from "../commands/handlers.ts";
import type { FeedService } from "./service.ts";

export function createFeedCommands(feed: FeedService): Handlers<keyof typeof feedCommands> {
  return {
    "feed.list": (body, { user }) => feed.list(user, body),
    "feed.markSeen": async (body, { user }) => {
      await feed.markSeen(user, body);
      return {};
    },
  };
}
