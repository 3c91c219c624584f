/** The members of a room that has more than a page of them, as the page says it without script. */
import assert from "node:assert/strict";
import { roomStream } from "../../lib/protocol/streams.ts";
import { seedPeople } from "../support/many.ts";
import { withFixture } from "./fixture.ts";

Deno.test("a room of more than 100 says so, and its pane shows them all, page by page", () =>
  withFixture(async ({ ask, gauges, workspace: { services, owner } }) => {
    const people = await seedPeople(services.db, 250, gauges);
    await services.log.append([roomStream(gauges)], () => {
      const events = people.map((user) => {
        return { stream: roomStream(gauges), type: "rooms.joined", by: user, data: { user }, member: 1 } as const;
      });
      return Promise.resolve({ write: () => ({ events, result: undefined }) });
    });
    const { members } = await owner.call("rooms.members", { room: gauges, limit: 100 });
    assert.equal(members.length, 100);
    const bare = await (await ask(`/rooms/${gauges}`, { as: owner })).text();
    assert.match(bare, />256<span class="vh">members, show them/);
    const shown: string[] = [];
    let pages = 0;
    assert.match(await (await ask(`/rooms/${gauges}?pane=members`, { as: owner })).text(), /Showing 100 of 256 people/);
    for (let at: string | undefined = `/rooms/${gauges}?pane=members`; at !== undefined; pages++) {
      const html: string = await (await ask(at, { as: owner })).text();
      const [pane = ""] = /<aside class="pane" id="members".*?<\/aside>/s.exec(html) ?? [];
      shown.push(...[...pane.matchAll(/<small class="cut">@([^<]+)<\/small>/g)].map(([, handle = ""]) => handle));
      const [, next]: RegExpExecArray | [] = /href="([^"]+)">More people<\/a>/.exec(pane) ?? [];
      at = next?.replaceAll("&amp;", "&");
    }
    const { users } = await owner.call("users.list", { inside: gauges, limit: 100 });
    assert.ok(users.every(({ handle }) => shown.includes(handle)));
    assert.equal(new Set(shown).size, 251 + users.filter(({ handle }) => !/^(person|owner)/.test(handle)).length);
    assert.equal(pages, 3);
  }));

Deno.test("a room of few says how many, and its pane has no other page", () =>
  withFixture(async ({ ask, gauges, workspace: { owner } }) => {
    const html = await (await ask(`/rooms/${gauges}?pane=members`, { as: owner })).text();
    assert.match(html, /\d<span class="vh">members?, hide them/);
    assert.doesNotMatch(html, /More people/);
  }));
