import { useLayoutEffect } from "preact/hooks";
import { MessageLog } from "../../lib/ui/room/message_log.tsx";
import { beginnings, standingIn } from "../../lib/ui/shell/names.ts";
import { countBelow, toRows } from "../../lib/ui/room/rows.ts";
import type { Timeline } from "../../lib/client/stores/timeline.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import type { RoomView } from "./room_view.ts";
import { useMessageList } from "./use_message_list.ts";

/** The messages of the room on screen. The caller remounts it for another room. */
export function RoomLog({ view }: { view: RoomView }) {
  const timeline = view.chat.current.peek();
  return timeline ? <Log view={view} timeline={timeline} /> : null;
}

function Log({ view, timeline }: { view: RoomView; timeline: Timeline }) {
  const { chat } = view;
  const landing = view.landing(timeline.room);
  const list = useMessageList({ chat, timeline, landing, isHydrated: view.hydrating });
  useLayoutEffect(() => {
    view.end.value = list;
    return () => void (view.end.value = undefined);
  }, []);
  const { messages, older, newer } = timeline.window.value;
  const line = view.line.value;
  const actions = view.deferred.value;
  const shown = actions?.changes.shown(messages) ?? messages;
  const react = (message: Message, emoji?: string) => void view.act((it) => it.react(message, emoji));
  const rows = toRows({
    messages: shown,
    pending: chat.outgoing.value,
    me: chat.me.id,
    zone: view.zone.value,
    firstUnread: timeline.firstUnread.value,
    below: countBelow(messages, line?.n ?? 0, newer),
  });
  return (
    <MessageLog
      title={view.ref.value}
      rows={rows}
      users={chat.people.users.value}
      me={chat.me}
      zone={view.zone.value}
      now={Date.now()}
      active={list.active.value}
      landing={landing}
      isStart={!older}
      begin={line && beginnings(line, chat.me)}
      onBegin={(what) => view.overlay.value = what === "people" ? "members" : "room_topic"}
      scroller={list.scroller}
      list={list.list}
      onKeyDown={(event) => {
        const on = event.key === "+" && event.target instanceof HTMLElement ? event.target.dataset.row : undefined;
        const message = shown.find((it) => `${it.seq}` === on);
        if (!message) return list.onKeyDown(event);
        event.preventDefault();
        react(message);
      }}
      onFocusIn={list.onFocusIn}
      onRetry={chat.outbox.retry}
      onDiscard={chat.outbox.discard}
      actions={actions?.state.value}
      onReact={line && standingIn(line) === "member" ? react : undefined}
    />
  );
}
