/** The numbers of a list, as they were written, are seen whole on a phone. */
import assert from "node:assert/strict";
import { withSite } from "./site.ts";

const WIDTHS_PX = [320, 1280];
const NUMBERS = ["7", "42", "999", "2024", "123456789"];

/** How far each number of the page reaches beyond the room that its list leaves for it; `::marker` has no size. */
const BEYOND = `[...document.querySelectorAll(".log li[value]")].map((item) => {
  const probe = document.createElement("span");
  probe.textContent = item.value + ".";
  probe.style.cssText = "position: absolute; white-space: nowrap; font-variant-numeric: tabular-nums";
  item.append(probe);
  const { width } = probe.getBoundingClientRect();
  probe.remove();
  const list = item.parentElement.getBoundingClientRect();
  const room = item.getBoundingClientRect().left - list.left;
  return { number: item.value, beyond: Math.max(0, Math.ceil(width - room)), left: list.left, words: item.firstElementChild.getBoundingClientRect().width };
})`;

Deno.test({
  name: "numbers of a list are seen whole at any width, in a list in a list too",
  sanitizeOps: false, // the browser's process and pipes outlive a step
  sanitizeResources: false,
  fn: () =>
    withSite(async ({ noor, lobby, say, tab }) => {
      for (const number of NUMBERS) {
        await say(noor, lobby, `${number}. words\n\n${" ".repeat(number.length + 2)}${number}. in it`);
      }
      await say(noor, lobby, "1. a\n1. b\n\n5. c");
      for (const width of WIDTHS_PX) {
        const { goto, page, errors, close } = await tab(noor, { viewport: { width, height: 700 } });
        await goto(`/rooms/${lobby}`);
        const found = await page.evaluate<{ number: number; beyond: number; left: number; words: number }[]>(BEYOND);
        assert.deepEqual(
          found.map(({ number }) => number),
          [...NUMBERS.flatMap((it) => [Number(it), Number(it)]), 1, 1, 5],
        );
        for (const { number, beyond, left, words } of found) {
          assert.ok(
            beyond === 0 && left >= 0 && words > 40,
            `${number} at ${width} px: ${JSON.stringify({ beyond, left, words })}`,
          );
        }
        assert.deepEqual(errors, []);
        await close();
      }
    }),
});
