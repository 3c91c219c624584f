import { authorOf, type Feed, homeOf, idOf, linkOf, selfOf, timeOf } from "./feed.ts";

/** JSON Feed 1.1 (jsonfeed.org/version/1.1). */
export function renderJsonFeed(feed: Feed): string {
  return JSON.stringify({
    version: "https://jsonfeed.org/version/1.1",
    title: feed.title,
    home_page_url: homeOf(feed),
    feed_url: selfOf(feed, "json"),
    language: "en",
    items: feed.entries.map((entry) => ({
      id: idOf(feed, entry),
      url: linkOf(feed, entry),
      title: entry.title,
      content_text: entry.text ?? entry.title,
      date_published: timeOf(entry.at),
      authors: [{ name: authorOf(feed, entry) }],
      tags: [entry.kind],
    })),
  });
}
