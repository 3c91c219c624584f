/** Shows a module in a real browser, for what only a browser can show: layout and scrolling. */
import { build, stop } from "esbuild";
import type { Browser, BrowserContext, Page } from "playwright-core";
export { launch } from "../support/browser.ts";

const modules = new URL("../../node_modules/", import.meta.url);
const alias = Object.fromEntries(
  ["preact", "@preact/signals"].map((name) => [name, decodeURIComponent(new URL(name, modules).pathname)]),
);

/** Shows `html` with the module at `entry` as the global `tested`. */
export async function show(browser: Browser | BrowserContext, entry: string, html: string): Promise<Page> {
  const built = await build({
    entryPoints: [entry],
    bundle: true,
    format: "iife",
    globalName: "tested",
    write: false,
    jsx: "automatic",
    jsxImportSource: "preact",
    alias, // Files of both folders are in it, and hooks want one Preact.
  });
  await stop();
  const page = await browser.newPage();
  await page.setViewportSize({ width: 800, height: 600 });
  await page.setContent(html);
  await page.addScriptTag({ content: built.outputFiles[0]?.text ?? "" });
  return page;
}
