import assert from "node:assert/strict";
import { launch, show } from "./chromium.ts";

/** Sixty rows of different heights in a pane that shows a few of them, and what the tests do to them. */
const html = (direction: "column" | "column-reverse") => `
<style>
  body { margin: 0 }
  #pane { height: 500px; overflow: auto; display: flex; flex-direction: ${direction} }
  #list > p { margin: 0; padding: 0; outline: 1px solid }
</style>
<div id="pane"><div id="list"></div></div>
<script>
  const pane = document.querySelector("#pane"), list = document.querySelector("#list");
  const row = (i) => {
    const it = Object.assign(document.createElement("p"), {
      id: "row" + i, textContent: "row " + i, style: "height: " + (20 + (Math.abs(i) * 37) % 90) + "px",
    });
    it.dataset.row = i;
    return it;
  };
  const day = Object.assign(document.createElement("p"), { textContent: "a day", style: "height: 30px" });
  for (let i = 0; i < 60; i++) list.append(row(i));
  const nears = [];
  const start = () => window.keep = tested.createScrollKeeper(pane, list, (near) => nears.push(near));
  const frames = () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))));
  const topOf = (i) => document.querySelector("#row" + i).getBoundingClientRect().top;
  const fromEnd = () => list.getBoundingClientRect().bottom - pane.getBoundingClientRect().bottom;
</script>`;

for (const direction of ["column", "column-reverse"] as const) {
  Deno.test({
    name: `a row that is read stays where it is, to the pixel, in a ${direction}`,
    sanitizeOps: false, // The browser's process and pipes outlive a step.
    sanitizeResources: false,
    async fn(t) {
      const browser = await launch();
      try {
        const page = await show(browser, "islands/room/scroll_keeper.ts", html(direction));
        await page.evaluate("start(); keep.toEnd(); frames()");

        const drift = (change: string) =>
          page.evaluate<number>(
            `(async () => { const was = topOf(30); ${change}; await frames(); return topOf(30) - was; })()`,
          );

        await t.step("starts at its end and stays there when rows come", async () => {
          assert.ok(Math.abs(await page.evaluate<number>("fromEnd()")) <= 1);
          await page.evaluate("list.append(row(60), row(61)); keep.restore(); frames()");
          assert.ok(Math.abs(await page.evaluate<number>("fromEnd()")) <= 1);
        });
        await t.step("shows a row with context above it", async () => {
          await page.evaluate("keep.toRow(document.querySelector('#row30')); frames()");
          const top = await page.evaluate<number>("topOf(30)");
          assert.ok(top > 100 && top < 250, `row 30 is at ${top}`);
          assert.equal(await page.evaluate("nears.at(-1)"), false);
        });
        await t.step("rows before", async () => {
          assert.equal(await drift("for (let i = 1; i <= 50; i++) list.prepend(row(-i)); keep.restore()"), 0);
        });
        await t.step("rows behind", async () => {
          assert.equal(await drift("for (let i = 70; i < 90; i++) list.append(row(i)); keep.restore()"), 0);
        });
        await t.step("rows taken from the beginning", async () => {
          assert.equal(await drift("for (let i = 50; i > 10; i--) list.firstChild.remove(); keep.restore()"), 0);
        });
        await t.step("a scroll that no event has told of yet, when rows come behind and before it", async () => {
          const come = "for (let i = 0; i < 9; i++) { list.prepend(row(300 + i)); list.append(row(400 + i)) }";
          assert.equal(await drift(`pane.scrollTop += 40; ${come}; keep.restore()`), -40);
          assert.equal(await drift(`pane.scrollTop -= 40; keep.restore(); ${come}; keep.restore()`), 40);
          const wasAtEnd = await page.evaluate<number>(`(async () => {
            const before = pane.scrollTop;
            keep.toEnd();
            await frames();
            pane.scrollTop -= 300;
            list.append(row(500));
            keep.restore();
            await frames();
            const now = fromEnd();
            list.lastChild.remove();
            pane.scrollTop = before;
            await frames();
            return now;
          })()`);
          assert.ok(wasAtEnd >= 300, `it is ${wasAtEnd} from the end`);
        });
        await t.step("a row above that grows by itself, as by an image", async () => {
          assert.equal(await drift("document.querySelector('#row5').style.height = '300px'"), 0);
        });
        await t.step("the day above the first row, when it moves up before older rows", async () => {
          const moved = await page.evaluate<number>(`(async () => {
            list.prepend(day);
            keep.restore();
            pane.scrollTop = ${direction === "column" ? 0 : "-pane.scrollHeight"};
            await frames();
            const first = day.nextElementSibling;
            const was = first.getBoundingClientRect().top;
            for (let i = 200; i < 250; i++) list.prepend(row(i));
            list.prepend(day);
            keep.restore();
            await frames();
            const moved = first.getBoundingClientRect().top - was;
            day.remove();
            keep.toRow(document.querySelector("#row30"));
            await frames();
            return moved;
          })()`);
          assert.ok(Math.abs(moved) < 1, `moved by ${moved} px`);
        });
        await t.step("the first row, whose upper part changes when older ones come before it", async () => {
          const moved = await page.evaluate<number>(`(async () => {
            pane.scrollTop = ${direction === "column" ? 0 : "-pane.scrollHeight"};
            await frames();
            const first = list.querySelector("[data-row]");
            const was = first.getBoundingClientRect().bottom;
            for (let i = 600; i < 650; i++) list.prepend(row(i));
            first.style.height = parseFloat(first.style.height) + 24 + "px";
            keep.restore();
            await frames();
            return first.getBoundingClientRect().bottom - was;
          })()`);
          assert.ok(Math.abs(moved) < 1, `moved by ${moved} px`);
        });
        await t.step("the anchor itself goes", async () => {
          const moved = await page.evaluate<number>(`(async () => {
            const rows = [...list.children].filter((it) => it.getBoundingClientRect().bottom > 0);
            const [first, second] = rows;
            const was = second.getBoundingClientRect().top;
            first.remove(); keep.restore(); await frames();
            return second.getBoundingClientRect().top - was;
          })()`);
          assert.equal(moved, 0);
        });
        await t.step("the pane gets lower: the end stays in sight when it was", async () => {
          await page.evaluate("keep.toEnd(); pane.style.height = '300px'; frames()");
          assert.ok(Math.abs(await page.evaluate<number>("fromEnd()")) <= 1);
        });
        await t.step("within 100 px of the end new rows scroll in, beyond it they don't", async () => {
          await page.evaluate("pane.scrollTop -= 90; frames()");
          await page.evaluate("list.append(row(90)); keep.restore(); frames()");
          assert.ok(Math.abs(await page.evaluate<number>("fromEnd()")) <= 1);
          await page.evaluate("pane.scrollTop -= 150; frames()");
          const was = await page.evaluate<number>("fromEnd()");
          await page.evaluate("list.append(row(91)); keep.restore(); frames()");
          assert.ok(await page.evaluate<number>("fromEnd()") > was);
        });
      } finally {
        await browser.close();
      }
    },
  });
}
