import type { ReadonlySignal } from "@preact/signals";
import type { LiveClient } from "../../lib/client/connection/live_client.ts";
import { Banner } from "../../lib/ui/shell/banner.tsx";
import { fallbackWords, type Preferred } from "../../lib/ui/shell/connection.tsx";
import type { Notice } from "./connection_notice.ts";

export interface ConnectionBannerProps {
  live: LiveClient;
  notice: ReadonlySignal<Notice | undefined>;
  preferred: Preferred;
  /** What happens when the connection is back: "What comes meanwhile is shown". */
  later: string;
  /** What the reader keeps when the page has to be left. */
  safe?: string;
}

/** Asks the server at once. */
export function TryNow({ live }: { live: LiveClient }) {
  return <button class="btn" type="button" onClick={() => void live.wake()}>Try now</button>;
}

/** What the reader should know about the connection; nothing most of the time. */
export function ConnectionBanner({ live, notice, preferred, later, safe }: ConnectionBannerProps) {
  switch (notice.value) {
    case "signed_out":
      return (
        <Banner tone="bad" icon="alert" title="Signed out on this device." detail={safe}>
          <a class="btn" href={`/sign-in?next=${encodeURIComponent(location.pathname + location.search)}`}>Sign in</a>
        </Banner>
      );
    case "outdated":
      return (
        <Banner tone="warn" icon="alert" title="Rivulet was updated." detail={safe}>
          <button class="btn" type="button" onClick={() => location.reload()}>Reload</button>
        </Banner>
      );
    case "offline":
      return (
        <Banner
          tone="warn"
          title={navigator.onLine ? "Can't reach the server." : "You are offline."}
          detail={`${later} when you are back.`}
        >
          <TryNow live={live} />
        </Banner>
      );
    case "reconnecting":
      return (
        <Banner tone="warn" title="Reconnecting…" detail={`${later} when the server answers.`}>
          <TryNow live={live} />
        </Banner>
      );
    case "fallback":
      return (
        <Banner
          tone="warn"
          wave="moving"
          title={`${fallbackWords(live.status.value, preferred)}.`}
          detail="Everything works. It switches back automatically."
        />
      );
    case undefined:
      return null;
  }
}
