/** Walks by the keyboard, and looks at every stop where the focus is and whether it is seen. */
import assert from "node:assert/strict";
import type { Tab } from "./tab.ts";

const STOPS_MAX = 60; // of Tab, on the way to something
const ROUND_MAX = 300; // once round a page

/** Where the focus is, and how it is shown: "" when it is seen well, else what is wrong with it. */
const LOOK = `(() => {
  const at = document.activeElement;
  const words = at.getAttribute("aria-label") ?? at.innerText?.replace(/\\s+/g, " ").trim() ?? "";
  const name = at.id ? "#" + at.id : at.tagName.toLowerCase() + " " + words.slice(0, 40);
  if (at === document.body) return { name: "body", wrong: "" };
  if (!at.matches(":focus-visible")) return { name, wrong: "is not shown as focused" };
  const drawn = [at, at.parentElement, at.closest("form, label, .ask")].some((it) => {
    const { outlineStyle, outlineWidth } = getComputedStyle(it);
    return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2;
  });
  // In the palette, where nothing else takes the focus, the caret and the marked line show it.
  const line = document.getElementById(at.getAttribute("aria-activedescendant"));
  const isMarked = line !== null && getComputedStyle(line).backgroundColor !== "rgba(0, 0, 0, 0)";
  if (!drawn && !isMarked) return { name, wrong: "has no outline" };
  const { left, top, width, height } = at.getBoundingClientRect();
  if (width < 1 || height < 1) return { name, wrong: "has no size" };
  if (left < 0 || top + height < 0 || left > innerWidth || top > innerHeight) return { name, wrong: "is out of sight" };
  const seen = document.elementFromPoint(left + width / 2, Math.min(Math.max(top + height / 2, 0), innerHeight - 1));
  if (!seen || !(at.contains(seen) || seen.contains(at))) return { name, wrong: "is under " + seen?.outerHTML.slice(0, 80) };
  return { name, wrong: "" };
})()`;

export interface Focus {
  name: string;
  wrong: string;
}

/** Presses keys; gives where the focus is then. */
export async function press({ page }: Tab, ...keys: string[]): Promise<Focus> {
  for (const key of keys) await page.keyboard.press(key);
  return await page.evaluate<Focus>(LOOK);
}

/** Presses `key` until the focus is where `fits` says, all stops of the way seen well. */
export async function walk(tab: Tab, key: string, fits: (name: string) => boolean): Promise<string[]> {
  const stops: Focus[] = [];
  for (let at = 0; at < STOPS_MAX; at++) {
    const stop = await press(tab, key);
    stops.push(stop);
    if (fits(stop.name)) break;
  }
  assert.deepEqual(stops.filter((stop) => stop.wrong !== ""), []);
  const names = stops.map((stop) => stop.name);
  assert.ok(fits(names.at(-1) ?? ""), `not reached: ${names.join(", ")}`);
  return names;
}

/** Waits until the element with that id has the focus. */
export const focused = ({ page }: Tab, id: string) =>
  page.waitForFunction((id) => document.activeElement?.id === id, id);

/** Waits until something has the focus again, after what had it is gone; gives what, seen well. */
export async function placed(tab: Tab): Promise<string> {
  await tab.page.waitForFunction(() => document.activeElement !== document.body);
  const { name, wrong } = await press(tab);
  assert.equal(wrong, "", name);
  return name;
}

/** Goes once round the page by Tab, from its beginning to its end; gives each stop, all of them seen well. */
export async function stopsOf(tab: Tab): Promise<string[]> {
  await tab.page.evaluate(() => {
    getSelection()?.removeAllRanges();
    document.body.tabIndex = -1; // Where it is focused, the next stop is the page's first.
    document.body.focus();
    document.body.removeAttribute("tabindex");
  });
  const stops: Focus[] = [];
  while (stops.length < ROUND_MAX) {
    const stop = await press(tab, "Tab");
    if (stop.name === "body" || stop.name === stops[0]?.name) break; // the browser's own stops are not always between
    stops.push(stop);
  }
  assert.deepEqual(stops.filter((stop) => stop.wrong !== ""), []);
  assert.ok(stops.length < ROUND_MAX, "the page does not end");
  return stops.map((stop) => stop.name);
}
