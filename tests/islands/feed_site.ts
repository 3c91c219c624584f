/** People who do what a feed reports, on a real server, and a tab that shows the feed. */
import { type Site, withSite } from "../e2e/site.ts";
import type { Tab } from "../e2e/tab.ts";
import type { Api } from "../support/api.ts";
import type { Server } from "../support/server.ts";

export interface FeedSite extends Site {
  tomas: Api;
  gauges: string;
  /** Tomás mentions Noor, once or `count` times: "@noor number 1". */
  mention(count?: number): Promise<void>;
}

export async function withFeedSite(body: (site: FeedSite, server: Server) => Promise<void>): Promise<void> {
  await withSite(async (site, server) => {
    const tomas = await site.join("Tomás Vega", "tomas");
    const { room } = await site.noor.call("rooms.create", { name: "gauges", visibility: "public" });
    await tomas.call("rooms.join", { room: room.id });
    let said = 0;
    await body({
      ...site,
      tomas,
      gauges: room.id,
      async mention(count = 1) {
        for (let at = 0; at < count; at++) await site.say(tomas, room.id, `@noor number ${++said}`);
      },
    }, server);
  });
}

/** An article that says this. */
export function article({ page }: Tab, text: string) {
  return page.locator("#feed article", { hasText: text }).first();
}

/** What has the focus says. */
export function focused({ page }: Tab): Promise<string> {
  return page.evaluate<string>("document.activeElement.innerText.replace(/\\s+/g, ' ')");
}

/** Where an article is, once it has been painted. */
export async function topOf(tab: Tab, text: string): Promise<number> {
  await tab.page.evaluate(
    "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done))))",
  );
  return await article(tab, text).evaluate((it) => it.getBoundingClientRect().top);
}
