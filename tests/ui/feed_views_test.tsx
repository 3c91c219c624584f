/** The parts of the feed, as the server and the browser render them. */
import assert from "node:assert/strict";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import type { FeedItem } from "../../lib/ui/feed/feed_data.ts";
import type { FeedGroup } from "../../lib/ui/feed/feed_groups.ts";
import { FeedList } from "../../lib/ui/feed/feed_list.tsx";
import { FeedEntry } from "../../lib/ui/feed/feed_entry.tsx";
import { FeedNow } from "../../lib/ui/feed/feed_now.tsx";
import { FeedScrub } from "../../lib/ui/feed/feed_scrub.tsx";
import { FeedSummary } from "../../lib/ui/feed/feed_summary.tsx";
import { MembersPane } from "../../lib/ui/room/members_pane.tsx";
import { AT, HOUR_MS, html, ilya, noor, tomas, users } from "./team.ts";

Deno.test("of the histogram what came after the last look is fresh, and all of it to whoever never looked", () => {
  const [from, to] = [AT - 24 * HOUR_MS, AT];
  const items = [{ at: to - HOUR_MS }, { at: from + HOUR_MS }];
  const fresh = (seenAt?: number) => {
    const shown = html(
      <FeedScrub items={items} from={from} to={to} start={from} seenAt={seenAt} zone="UTC" isPlaying={false} />,
    );
    return /class="un" d="([^"]*)"/.exec(shown)?.[1]?.match(/M/g)?.length ?? 0;
  };
  assert.deepEqual([fresh(), fresh(from + HOUR_MS), fresh(to)], [2, 1, 0]);
});

Deno.test("no time of the scrubber's axis runs into that of its start, at the ends neither", () => {
  const day = Date.UTC(2026, 10, 30, 20, 4);
  const labels = (start: number) =>
    [
      ...html(
        <FeedScrub items={[]} from={day - 24 * HOUR_MS} to={day} start={start} seenAt={day} zone="UTC" isPlaying />,
      ).matchAll(/<text[^>]*>([^<]*)</g),
    ].map(([, label]) => label);
  assert.deepEqual(labels(day), ["00:00", "06:00", "12:00", "20:04"]); // It ends where 18:00 would stand.
  assert.deepEqual(labels(day - 12 * HOUR_MS), ["00:00", "12:00", "18:00", "08:04"]);
  assert.deepEqual(labels(day - 24 * HOUR_MS), ["00:00", "06:00", "12:00", "18:00", "20:04"]);
});

Deno.test("who looked at the feed a minute ago was not away", () => {
  const title = (away: number | undefined) =>
    /<h2 id="away">(.*?)<\/h2>/.exec(html(
      <FeedSummary
        catchUp={{ mentions: [], direct: [], replies: [], rooms: [], reacted: [], rest: [] }}
        names={{ users, summaries: new Map(), members: new Map(), me: "u1", workspace: "Northfell" }}
        away={away}
        unseen={1}
        newest=""
        isCatchingUp={false}
      />,
    ))?.[1];
  assert.deepEqual([undefined, HOUR_MS / 60, 2 * HOUR_MS].map(title), [
    "New for you",
    "New for you",
    "While you were away, 2 h",
  ]);
});

Deno.test("the feed's pane says how many of the active rooms it shows", () => {
  const active = (id: string): RoomSummary => ({
    room: { id, name: id, topic: "", visibility: "public", createdAt: 0, createdBy: "u1" },
    ...{ joined: true, n: 1, unread: 0, mentions: 0, lastAt: AT, level: "mentions" },
  });
  const pane = (count: number) => {
    const lines = Array.from({ length: count }, (_, at) => active(`room${at}`));
    return html(<FeedNow summaries={lines} people={[]} users={users} presence={new Map()} now={AT} />);
  };
  assert.doesNotMatch(pane(6), /Showing/);
  assert.match(pane(9).replace(/<[^>]*>/g, ""), /Showing 6 of 9 rooms/);
});

Deno.test("below a heading that names the day an entry has the time of day alone", () => {
  const day = 24 * HOUR_MS;
  const times = (isOfDay: boolean) => {
    const entry: FeedItem = {
      ...{ kind: "created", view: "everything", room: "r1", by: "u1", at: AT - day, title: "", offset: "0" },
    };
    const groups: FeedGroup[] = [{ id: "a", entries: [entry], isNew: false, isSeenFrom: false }];
    const names = { users, summaries: new Map(), members: new Map(), me: "u1", workspace: "Northfell" };
    const list = html(
      <FeedList
        sections={[{ title: "Yesterday", isOfDay, groups }]}
        names={names}
        zone="UTC"
        now={AT}
        seenAt={undefined}
        isMarkable
        older={undefined}
        empty=""
      />,
    );
    return /<time[^>]*>(.*?)<\/time>/.exec(list)?.[1];
  };
  assert.equal(times(true), "09:44");
  assert.match(times(false) ?? "", /13 May.*09:44/);
});

Deno.test("who was deactivated is not listed as here, nor counted; among a room's members it is said", () => {
  const gone: User = { ...tomas, deactivatedAt: AT };
  const known = new Map([noor, ilya, gone].map((user) => [user.id, user]));
  const ids = ["u2", "u3"];
  const now = html(<FeedNow summaries={[]} people={ids} users={known} presence={new Map()} now={AT} />);
  assert.ok(now.includes("Ilya Brandt") && !now.includes("Tomás Vega"));
  assert.ok(
    !html(<FeedNow summaries={[]} people={["u3"]} users={known} presence={new Map()} now={AT} />).includes("People"),
  );
  const pane = html(
    <MembersPane room="r" title="#r" members={ids} users={known} presence={new Map()} me="u1" />,
  );
  assert.equal(pane.match(/deactivated/g)?.length, 1);
});

Deno.test("the list of people says so where it shows some of them", () => {
  const now = (count: number) => {
    const people = Array.from({ length: count }, (_, at) => `u${at}`);
    return html(<FeedNow summaries={[]} people={people} users={users} presence={new Map()} now={AT} />);
  };
  assert.ok(now(13).includes("Showing 12 of 13 people"));
  assert.ok(!now(12).includes("Showing"));
});

Deno.test("a read entry of the feed can be marked up to as well", () => {
  const entry = { kind: "mentioned", view: "you", by: "u2", at: AT, title: "", offset: "e_9_t" } as const;
  const names = { users, summaries: new Map(), members: new Map(), me: "u1", workspace: "Northfell" };
  const shown = (isNew: boolean, isMarkable: boolean) =>
    html(
      <FeedEntry
        group={{ id: "you-e_9_t", entries: [entry], isNew, isSeenFrom: false }}
        names={names}
        zone="UTC"
        now={AT}
        place={1}
        count={1}
        seenAt={undefined}
        isMarkable={isMarkable}
      />,
    );
  for (const isNew of [true, false]) {
    assert.match(shown(isNew, true), /^<article [^>]*data-offset="e_9_t"/);
    assert.doesNotMatch(shown(isNew, false), /data-offset/);
  }
});
