/** The activity feed: for me, of everything, of a room, and what is new in order. All of it is there without script. */
import { type Context, Hono } from "hono";
import type { Env } from "../../../lib/server/http/env.ts";
import { problemWords } from "../../../lib/model/problem_words.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { SignedInCall } from "../../../lib/server/commands/handlers.ts";
import { Banner } from "../../../lib/ui/shell/banner.tsx";
import {
  type FeedData,
  feedPath,
  type FeedTab,
  feedTab,
  feedTitle,
  hasScrub,
  olderPath,
  shownItems,
  watchedOf,
} from "../../../lib/ui/feed/feed_data.ts";
import { FeedPill } from "../../../lib/ui/feed/feed_pill.tsx";
import { FeedScreen } from "../../../lib/ui/feed/feed_screen.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { respondPage } from "../document.tsx";
import { loadFeed } from "./feed_load.ts";
import { forPeople, seeOther, statusOf, submit } from "../forms.ts";
import { keepFeedLast, readZone } from "../settings/preferences.ts";
import type { PageServices } from "../side_data.ts";

const DAY_MS = 86_400_000;

export function feed(services: PageServices): Hono<Env> {
  async function show(c: Context<Env>, call: SignedInCall, problem?: Problem): Promise<Response> {
    const room = c.req.query("room");
    const data = await loadFeed(services, {
      tab: room === undefined ? readTab(c) : "room",
      room,
      before: { you: c.req.query("you"), everything: c.req.query("everything") },
      zone: readZone(c),
      now: Date.now(),
    }, call);
    keepFeedLast(c);
    return await respondPage(c, <FeedPage data={data} problem={problem} />, {
      title: `${feedTitle(data.tab, data.rooms.find((summary) => summary.room.id === room))} · ${data.workspace.name}`,
      status: statusOf(problem),
      island: "islands/feed/feed.tsx",
      data,
    });
  }

  return new Hono<Env>()
    .get("/feed", forPeople((c, call) => show(c, call)))
    .post(
      "/feed",
      forPeople((c, call) =>
        submit(c, {
          verb: "mark feed seen",
          async act({ view, offset }) {
            await services.run("feed.markSeen", { view, offset }, call);
            return seeOther(c, feedPath(view === "everything" ? "everything" : "you"));
          },
          again: (problem) => show(c, call, problem),
        })
      ),
    );
}

/** A text that names no tab is the first one. */
function readTab(c: Context<Env>): Exclude<FeedTab, "room"> {
  const { data } = feedTab.safeParse(c.req.query("view"));
  return data === undefined || data === "room" ? "you" : data;
}

function FeedPage({ data, problem }: { data: FeedData; problem: Problem | undefined }) {
  const items = shownItems(data.parts);
  return (
    <Island name="feed" class="app">
      <FeedScreen
        state={{
          ...data,
          workspace: data.workspace.name,
          room: data.room,
          summaries: data.rooms,
          users: new Map(data.users.map((user) => [user.id, user])),
          members: new Map(Object.entries(data.members)),
          presence: new Map(),
          connection: { state: "connecting" },
          items,
          minute: data.now,
          watched: watchedOf(data),
          older: olderPath(data, items),
          scrub: {
            days: 1,
            start: undefined,
            isPlaying: false,
            isReplay: false,
            isThere: hasScrub(data.parts, data.now - DAY_MS),
          },
          hasSingleKeys: true,
        }}
        pill={<FeedPill count={0} said="" onClick={() => {}} />}
        banner={problem && <Banner tone="bad" icon="alert" title={problemWords(problem)} />}
      />
    </Island>
  );
}
