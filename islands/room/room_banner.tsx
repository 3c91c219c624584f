import { Banner } from "../../lib/ui/shell/banner.tsx";
import { fallbackWords } from "../../lib/ui/shell/connection.tsx";
import type { RoomView } from "./room_view.ts";

/** What the reader should know about the connection or the room; nothing most of the time. */
export function RoomBanner({ view }: { view: RoomView }) {
  const { live, lost } = view.chat;
  const wake = <button class="btn" type="button" onClick={() => void live.wake()}>Try now</button>;
  const unopened = view.unopened.value;
  if (unopened !== undefined && view.notice.value !== "signed_out") {
    return <Banner tone="warn" title={`Cannot open ${unopened} without a connection.`}>{wake}</Banner>;
  }
  switch (view.notice.value) {
    case "signed_out":
      return (
        <Banner tone="bad" icon="alert" title="Signed out on this device." detail="Your draft is safe.">
          <a class="btn" href={`/sign-in?next=${encodeURIComponent(location.pathname)}`}>Sign in</a>
        </Banner>
      );
    case "outdated":
      return (
        <Banner tone="warn" icon="alert" title="Rivulet was updated." detail="Your draft is safe.">
          <button class="btn" type="button" onClick={() => location.reload()}>Reload</button>
        </Banner>
      );
    case "offline":
      return (
        <Banner
          tone="warn"
          title={navigator.onLine ? "The server is out of reach." : "You are offline."}
          detail="Messages you write are kept here and sent when you are back."
        >
          {wake}
        </Banner>
      );
    case "reconnecting":
      return (
        <Banner
          tone="warn"
          title="Reconnecting…"
          detail="Messages you write are kept here and sent when the server answers."
        >
          {wake}
        </Banner>
      );
    case "fallback":
      return (
        <Banner
          tone="warn"
          wave="moving"
          title={`${fallbackWords(live.status.value)}.`}
          detail="Everything works, and it goes back by itself."
        />
      );
    case undefined:
      if (lost.value === undefined) return null;
      return (
        <Banner tone="bad" icon="alert" title="You are no longer in this room." detail="Nothing new comes here.">
          <a class="btn" href="/">Go to your rooms</a>
        </Banner>
      );
  }
}
