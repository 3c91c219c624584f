/** What a browser's XML parser makes of /feed.atom, and the section of settings that gives its address. */
import assert from "node:assert/strict";
import { payloads } from "./payloads.ts";
import { withSite } from "./site.ts";
import { NAME_MAX } from "../../lib/protocol/fields.ts";

const READ = `(text) => {
  const document = new DOMParser().parseFromString(text, "application/xml");
  const of = (name) => [...document.querySelectorAll("entry > " + name)].map((it) => it.textContent);
  return {
    error: document.querySelector("parsererror")?.textContent ?? "",
    root: document.documentElement.localName + " " + document.documentElement.namespaceURI,
    ids: of("id"),
    titles: of("title"),
    authors: of("author"),
    strange: [...document.querySelectorAll("script, img, svg, iframe, b")].length,
    missing: [...document.querySelectorAll("entry, feed")].filter((it) =>
      ["id", "title", "updated"].some((name) => it.querySelector(":scope > " + name) === null)).length,
  };
}`;

Deno.test("the feed's addresses come from settings once, and /feed.atom is valid XML whatever people write", () =>
  withSite(async ({ tab, noor }) => {
    const fit = payloads.filter((text) => text.trim() !== "" && text.length <= NAME_MAX);
    // A name is in use by one room, with case and width folded.
    const names = [...new Map(fit.map((it) => [it.normalize("NFKC").toLowerCase(), it])).values()].slice(0, 40);
    for (const name of names) await noor.call("rooms.create", { name, visibility: "public" });
    const { page, close, errors } = await tab(noor);
    await page.goto(`${noor.url}/settings#feeds`);
    await page.getByRole("button", { name: "Create addresses" }).click();
    const atom = await page.locator("#made-atom").inputValue();
    assert.match(atom, /\/feed\.atom\?token=[\w-]{43}$/);
    await page.getByRole("button", { name: "Copy JSON Feed address" }).waitFor();
    await page.goto(`${noor.url}/settings`);
    assert.equal(await page.locator("#made-atom").count(), 0, "shown once");
    const text = await (await fetch(atom)).text();
    await page.goto("about:blank"); // our own pages trust no parser
    const read = await page.evaluate<Record<string, unknown> & { ids: string[]; titles: string[] }>(
      `(${READ})(${JSON.stringify(text)})`,
    );
    assert.deepEqual([read.error, read.root, read.strange, read.missing], [
      "",
      "feed http://www.w3.org/2005/Atom",
      0,
      0,
    ]);
    assert.equal(new Set(read.ids).size, read.ids.length);
    const { rooms } = await noor.call("rooms.list", { limit: 100 });
    const found = read.titles.filter((title) => rooms.some(({ room }) => title.includes(room.name)));
    assert(found.length >= Math.min(names.length, 40), `${found.length} of ${names.length} rooms`);
    assert.deepEqual(errors, []);
    await close();
  }));
