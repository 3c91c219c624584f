/** A real server with a workspace, and one browser: what every file of this folder begins with. */
import type { Browser, BrowserContextOptions } from "playwright-core";
import { type Api, OWNER } from "../support/api.ts";
import { launch } from "../support/browser.ts";
import { type Joined, setUpWorkspace } from "../support/people.ts";
import { type Server, startServer } from "../support/server.ts";
import { openTab, type Tab } from "./tab.ts";

export const PASSWORD = OWNER.password;
export const METRICS_TOKEN = "a-token-for-prometheus";

export interface Site {
  browser: Browser;
  url: string;
  /** The one who made the workspace: Noor Haddad, @noor. */
  noor: Api;
  /** The id of the room that everybody starts in. */
  lobby: string;
  /** A new person, who came by an invite. */
  join(name: string, handle: string): Promise<Api>;
  /** Sends a message. */
  say(who: Api, room: string, text: string): Promise<void>;
  /** A tab in a context of its own, signed in as `who`; it shows nothing yet. */
  tab(who?: Api, options?: BrowserContextOptions): Promise<Tab>;
}

/** Runs `body` against a server and a browser of its own; both are gone afterwards, whatever happened. */
export async function withSite(
  body: (site: Site, server: Server) => Promise<void>,
  { limits = "off" }: { limits?: "on" | "off" } = {},
): Promise<void> {
  const server = await startServer({ env: { LIMITS: limits, METRICS_TOKEN } });
  let browser: Browser | undefined;
  try {
    browser = await launch();
    const joined = await setUpWorkspace(server.url, server.token);
    const [line] = (await joined.owner.api.call("rooms.list", {})).rooms;
    await body(createSite(server, browser, joined, line?.room.id ?? ""), server);
  } finally {
    await browser?.close();
    await server.stop();
  }
}

function createSite({ url }: Server, browser: Browser, { owner, join }: Joined, lobby: string): Site {
  let sent = 0;
  return {
    browser,
    url,
    noor: owner.api,
    lobby,
    join: async (name, handle) => (await join(handle, name)).api,
    async say(who, room, text) {
      await who.call("messages.send", { room, text, key: `key-${String(++sent).padStart(16, "0")}` });
    },
    tab: (who, options) => openTab(browser, url, who, options),
  };
}
