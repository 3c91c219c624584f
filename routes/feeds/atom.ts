import type { Entry } from "../../lib/protocol/feed.ts";
import { authorOf, type Feed, homeOf, idOf, linkOf, selfOf, timeOf } from "./feed.ts";

/** Atom (RFC 4287). */
export function renderAtom(feed: Feed): string {
  const updated = timeOf(feed.entries[0]?.at ?? feed.since);
  return [
    '<?xml version="1.0" encoding="utf-8"?>',
    '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">',
    `<id>${idOf(feed)}</id>`,
    `<title>${escaped(feed.title)}</title>`,
    `<updated>${updated}</updated>`,
    `<link rel="self" type="application/atom+xml" href="${escaped(selfOf(feed, "atom"))}"/>`,
    `<link rel="alternate" type="text/html" href="${escaped(homeOf(feed))}"/>`,
    `<generator>Rivulet</generator>`,
    ...feed.entries.map((entry) => renderEntry(feed, entry)),
    "</feed>",
    "",
  ].join("\n");
}

function renderEntry(feed: Feed, entry: Entry): string {
  return [
    "<entry>",
    `<id>${idOf(feed, entry)}</id>`,
    `<title>${escaped(entry.title)}</title>`,
    `<updated>${timeOf(entry.at)}</updated>`,
    `<author><name>${escaped(authorOf(feed, entry))}</name></author>`,
    `<link rel="alternate" type="text/html" href="${escaped(linkOf(feed, entry))}"/>`,
    `<category term="${escaped(entry.kind)}"/>`,
    `<content type="text">${escaped(entry.text ?? entry.title)}</content>`,
    "</entry>",
  ].join("\n");
}

/** All but XML 1.0's `Char`: what it has no way to carry, not even escaped. */
const unspeakable = /[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\u{10000}-\u{10ffff}]/gu;
const entities: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "\r": "&#13;" };

/** Text as content or in a quoted attribute, whatever people wrote. */
function escaped(text: string): string {
  return text.replace(unspeakable, "\ufffd").replace(/[&<>"\r]/g, (it) => entities[it] ?? "");
}
