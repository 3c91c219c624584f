/** What this browser gives its tabs to share a connection with, and the transport that makes use of it. */
import type { AskDeps } from "../../lib/client/transports/ask.ts";
import { createSharedTransport, type Tabs } from "../../lib/client/transports/shared.ts";
import { createWhileVisible } from "../../lib/client/transports/while_visible.ts";
import { randomKey } from "../../lib/client/connection/random_key.ts";
import type { Transport } from "../../lib/client/connection/transport.ts";

const isVisible = () => document.visibilityState === "visible";

function onVisibility(run: () => void) {
  document.addEventListener("visibilitychange", run);
  return () => document.removeEventListener("visibilitychange", run);
}

const tabs: Tabs = {
  lock: async (name, how, hold) => void await navigator.locks.request(name, how, hold),
  open(name, heard) {
    const channel = new BroadcastChannel(name);
    let isOpen = true;
    channel.onmessage = (event: MessageEvent<unknown>) => heard(event.data);
    return {
      post: (value) => isOpen && channel.postMessage(value),
      close() {
        isOpen = false;
        channel.close();
      },
    };
  },
  isVisible,
  onVisible: (run) => onVisibility(() => isVisible() && run()),
  onLeave(run) {
    addEventListener("pagehide", run);
    return () => removeEventListener("pagehide", run);
  },
};

/** One connection for all tabs of this person; where tabs cannot agree on one, it is closed while a tab is hidden. */
export function createTabsTransport(deps: AskDeps, transport: Transport): Transport {
  // Outside secure contexts there are no locks, whatever the types say.
  if (!("locks" in navigator)) return createWhileVisible({ ...deps, transport, isVisible, onChange: onVisibility });
  return createSharedTransport({ ...deps, transport, tabs, newKey: randomKey });
}
