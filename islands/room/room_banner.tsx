import { Banner } from "../../lib/ui/shell/banner.tsx";
import { ConnectionBanner, TryNow } from "../shared/connection_banner.tsx";
import type { RoomView } from "./room_view.ts";

/** What the reader should know about the connection or the room; nothing most of the time. */
export function RoomBanner({ view }: { view: RoomView }) {
  const { live, lost } = view.chat;
  const unopened = view.unopened.value;
  if (unopened !== undefined && view.notice.value !== "signed_out") {
    return (
      <Banner tone="warn" title={`Can't open ${unopened} without a connection.`}>
        <TryNow live={live} />
      </Banner>
    );
  }
  if (view.notice.value === undefined && lost.value !== undefined) {
    return (
      <Banner tone="bad" icon="alert" title="You're no longer in this room." detail="You won't see new messages.">
        <a class="btn" href="/">Go to your rooms</a>
      </Banner>
    );
  }
  return (
    <ConnectionBanner
      live={live}
      notice={view.notice}
      preferred="ws"
      later="Messages you write are kept here and sent"
      safe="Your draft is safe."
    />
  );
}
