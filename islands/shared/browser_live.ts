/** What a live session needs of this browser: network, clock, chance and storage. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createHistory } from "../../lib/client/connection/history.ts";
import type { LiveClientDeps } from "../../lib/client/connection/live_client.ts";
import { createPost, createProbe } from "../../lib/client/connection/post.ts";
import type { Transport } from "../../lib/client/connection/transport.ts";
import { createTransportChoice } from "../../lib/client/connection/transport_choice.ts";
import { createTransportMemory } from "../../lib/client/connection/transport_memory.ts";
import { importAgain } from "./import_again.ts";

interface BrowserLive {
  /** My id. */
  me: string;
  preferred: Transport;
  /** Names what this device remembers of the preferred transport. */
  memory?: string;
  /** How long silence is borne, in ms. */
  silence?: number;
}

/** The requests of a person. */
export function browserWeb(me: string) {
  return { me, fetch: (path: string, init: RequestInit) => fetch(path, init) };
}

/** `preferred` carries the session; where it is blocked, long-poll does. */
export function createBrowserLive({ me, preferred, memory, silence }: BrowserLive): LiveClientDeps {
  const web = browserWeb(me);
  const shared = { probe: createProbe(web), clock: browserClock, random: Math.random };
  const history = createHistory(browserClock);
  const transport: Transport = createTransportChoice({
    ...shared,
    preferred,
    silence,
    memory: createTransportMemory(() => localStorage, Date.now, memory),
    load: async () => {
      const { createBrowserFallback } = await importAgain("browser_poll", () => import("./browser_poll.ts"));
      return createBrowserFallback(web, preferred, history, () => transport.because?.());
    },
    history,
  });
  return { ...shared, transport, history, post: createPost(web) };
}
