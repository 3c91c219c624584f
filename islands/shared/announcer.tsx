/** The region that a screen reader reads new messages from. */
import { useMemo } from "preact/hooks";
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createAnnouncements } from "../../lib/client/stores/announcements.ts";
import type { Chat } from "../../lib/client/stores/chat.ts";
import { personName } from "../../lib/ui/shell/names.ts";

export function Announcer({ chat }: { chat: Chat }) {
  const said = useMemo(() => {
    const nameOf = (user: string) => personName(chat.people.users.peek().get(user));
    return createAnnouncements({ me: chat.me.id, current: chat.current, nameOf, clock: browserClock });
  }, []);
  return (
    <div class="vh" role="log" aria-live="polite" aria-label="New messages">
      {said.value.map(({ id, words }) => <p key={id}>{words}</p>)}
    </div>
  );
}
