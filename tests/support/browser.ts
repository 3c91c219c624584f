/** The browser that tests run in: `$CHROME_PATH`, an installed Chromium or Chrome, or the one from npm. */
import { type Browser, chromium } from "playwright-core";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
  "--no-sandbox", // tests often run as root, in containers
  "--disable-dev-shm-usage",
  "--disable-gpu",
  // Nothing but our own traffic leaves it.
  "--disable-background-networking",
  "--disable-component-update",
];

export async function launch(): Promise<Browser> {
  return await chromium.launch({ executablePath: await executable(), args: FLAGS });
}

export async function executable(): Promise<string> {
  return Deno.env.get("CHROME_PATH") || PATHS.find(isThere) || await fromNpm();
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
