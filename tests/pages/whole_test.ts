/** Pages of lists that are longer than a page: without script each line is found, or gone on to by links. */
import assert from "node:assert/strict";
import { seedPeople, seedRooms } from "../support/many.ts";
import type { Person } from "../support/services.ts";
import { type Fixture, withFixture } from "./fixture.ts";

const ROOMS = 2_500;
const PEOPLE = 5_001;

/** Follows "More <what>" from a page to the last one; gives what `each` finds on all of them. */
async function follow({ ask }: Fixture, as: Person, path: string, what: string, each: RegExp): Promise<string[]> {
  const all: string[] = [];
  for (let at: string | undefined = path; at !== undefined;) {
    const html: string = await (await ask(at, { as })).text();
    all.push(...[...html.matchAll(each)].map(([, found = ""]) => found));
    const [, next]: RegExpExecArray | [] = new RegExp(`href="([^"]+)">More ${what}</a>`).exec(html) ?? [];
    at = next?.replaceAll("&amp;", "&").replace(/#.*/, "");
  }
  return all;
}

Deno.test("a page of rooms and people shows some of 2,500 rooms and 5,001 people, and the way to each of the others", () =>
  withFixture(async (fixture) => {
    const { ask, gauges, people: { maren }, workspace: { services, owner } } = fixture;
    assert.ok(maren);
    await seedRooms(services.db, gauges, { named: Array.from({ length: ROOMS }, (_, at) => `zroom${at}`) });
    await seedPeople(services.db, PEOPLE);
    const first = await (await ask("/rooms", { as: maren })).text();
    assert.equal(first.match(/href="\/rooms\/[^"?]+"><b>/g)?.length, 100);
    assert.equal(first.match(/action="\/direct"/g)?.length, 50);

    const found = await (await ask("/rooms?browse=%23zroom2499&people=Person+N%C2%BA+4999", { as: maren })).text();
    assert.deepEqual([...found.matchAll(/href="\/rooms\/([^"?]+)"><b>/g)].map(([, id]) => id), ["zroom2499"]);
    assert.deepEqual([...found.matchAll(/name="user" value="([^"]+)"/g)].map(([, id]) => id), ["zseeded04999"]);
    assert.match(found, /name="browse" value="#zroom2499"/);
    assert.match(await (await ask("/rooms?browse=nowhere", { as: maren })).text(), /No matches\./);

    const rooms = await follow(fixture, maren, "/rooms?browse=zroom24", "rooms", /href="\/rooms\/(zroom[^"?]+)"><b>/g);
    assert.equal(new Set(rooms).size, 111); // zroom24, 240 to 249, 2400 to 2499
    const shown = await follow(fixture, maren, "/rooms?people=person.49", "people", /name="user" value="([^"]+)"/g);
    assert.equal(new Set(shown).size, 111); // person.49, 490 to 499, 4900 to 4999
    const managed = await (await ask("/settings?people=person.4999", { as: owner })).text();
    assert.deepEqual([...managed.matchAll(/<h3 id="role-[^"]+">Role of ([^<]+)</g)].map(([, name]) => name), [
      "Person Nº 4999",
    ]);
  }));

Deno.test("a page of my own rooms lists rooms by name, none of 150 direct conversations, and goes on to all of them", () =>
  withFixture(async (fixture) => {
    const { ask, workspace: { join, services, owner } } = fixture;
    const zoe = await join("zoe");
    const member = zoe.user.id;
    const names = (prefix: string, count: number) =>
      Array.from({ length: count }, (_, at) => `${prefix}${String(at).padStart(3, "0")}`);
    const direct = await owner.call("rooms.direct", { users: [owner.user.id] });
    const quiet = await owner.call("rooms.create", { name: "quiet", visibility: "public" });
    await seedRooms(services.db, direct.room.id, { named: names("0direct", 150), member });
    await seedRooms(services.db, quiet.room.id, { named: [...names("zroom", 130), "zz", "zy", "zx"], member });

    const each = /<a class="grow" href="\/rooms\/([^"?]+)"><b>/g;
    const mine = async (path: string) => {
      const html = await (await ask(path, { as: zoe })).text();
      const [, section = ""] = /<section class="sect" id="mine"(.*?)<\/section>/s.exec(html) ?? [];
      return { rooms: [...section.matchAll(each)].map(([, id]) => id), isMore: section.includes("More rooms") };
    };
    const first = await mine("/rooms");
    assert.deepEqual([first.rooms.length, first.rooms.includes("zroom000"), first.isMore], [50, true, true]);
    assert.deepEqual(await mine("/rooms?mine=%23z&mine_after=zroom129"), { rooms: ["zx", "zy", "zz"], isMore: false });
    const all = await follow(fixture, zoe, "/rooms?mine=zroom", "rooms", each);
    assert.deepEqual(all.filter((id) => id.startsWith("zroom")), names("zroom", 130));
  }));

Deno.test("settings show all invites and tokens, page by page", () =>
  withFixture(async (fixture) => {
    const { workspace: { owner } } = fixture;
    for (let at = 0; at < 120; at++) await owner.call("invites.create", { uses: 1 });
    for (let at = 0; at < 100; at++) await owner.call("tokens.create", { name: `tool ${at}` });
    assert.equal(await owner.code("tokens.create", { name: "another" }), "conflict"); // A page has all that there may be.
    const each = (action: string) =>
      new RegExp(`action="/settings/${action}"><input type="hidden" name="id" value="([^"]+)"`, "g");
    assert.equal(new Set(await follow(fixture, owner, "/settings", "invites", each("revoke"))).size, 120);
    assert.equal(new Set(await follow(fixture, owner, "/settings", "tokens", each("token"))).size, 100);
  }));

Deno.test("what an address says of a list is read as far as it can be", () =>
  withFixture(async ({ ask, workspace: { owner } }) => {
    const long = "x".repeat(200);
    for (
      const search of [
        `browse=${long}`,
        `people_after=${long}`,
        "browse=%00%E2%80%AE",
        "browse_after=%F0%9F",
        "people=+",
      ]
    ) {
      const response = await ask(`/rooms?${search}`, { as: owner });
      assert.equal(response.status, 200, search);
      await response.body?.cancel();
    }
  }));

Deno.test("lists of rooms mark archived ones, with the name and its line in one link, and offer no way in", () =>
  withFixture(async ({ ask, gauges, people: { maren, owner } }) => {
    await owner?.call("rooms.archive", { room: gauges });
    const link = `<a class="grow" href="/rooms/${gauges}"><b>gauges</b> <span class="tag">archived</span><small>`;
    for (const [path, lists] of [["/rooms", 1], ["/rooms?mine=gauges", 2]] as const) {
      const html = await (await ask(path, { as: maren })).text();
      assert.equal(html.split(link).length - 1, lists, path);
      assert.doesNotMatch(html, new RegExp(`/rooms/${gauges}/join`));
    }
  }));
