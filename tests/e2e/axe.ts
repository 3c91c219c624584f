/** axe, run in a page. */
import type { Page } from "playwright-core";

const rules = await Deno.readTextFile(
  new URL(import.meta.resolve("axe-core")).pathname.replace(/axe\.js$/, "axe.min.js"),
);

interface Violation {
  id: string;
  nodes: { target: unknown; failureSummary?: string }[];
}

/** What axe says of the page as it is now. */
export async function violations(page: Page, what: string): Promise<string[]> {
  if (!await page.evaluate<boolean>("'axe' in globalThis")) await page.evaluate(rules);
  // Colours that are still on their way to the next are none that anybody reads. What follows a scroll never ends.
  await page.evaluate(`Promise.allSettled(document.getAnimations()
    .filter((it) => it.timeline === document.timeline && it.effect?.getComputedTiming().endTime < 1_000)
    .map((it) => it.finished))`);
  const found = await page.evaluate<Violation[]>(
    "axe.run(document, { resultTypes: ['violations'] }).then((it) => it.violations)",
  );
  return found.flatMap(({ id, nodes }) =>
    nodes.map((node) => `${what}: ${id}: ${node.target}: ${node.failureSummary}`)
  );
}
