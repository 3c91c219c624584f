/** A real browser for what only a browser can show: layout and scrolling. */
import { build, stop } from "esbuild";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** The installed browser, or `$CHROME_PATH`, or the one from npm. */
export async function launch(): Promise<Browser> {
  const executablePath = Deno.env.get("CHROME_PATH") ?? PATHS.find(isThere) ?? await fromNpm();
  return await chromium.launch({ executablePath, args: ["--no-sandbox", "--disable-dev-shm-usage"] });
}

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
  });
  await stop();
  const page = await browser.newPage();
  await page.setViewportSize({ width: 800, height: 600 });
  await page.setContent(html);
  await page.addScriptTag({ content: built.outputFiles[0]?.text ?? "" });
  return page;
}

function isThere(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

async function fromNpm(): Promise<string> {
  const { default: npm } = await import("@sparticuz/chromium");
  return await npm.executablePath();
}
