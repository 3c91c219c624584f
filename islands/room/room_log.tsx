import { useLayoutEffect } from "preact/hooks";
import type { Timeline } from "../../lib/client/stores/timeline.ts";
import { MessageLog } from "../../lib/ui/room/message_log.tsx";
import { messageLogOf, type RoomPartProps } from "../../lib/ui/room/room_screen.tsx";
import { readSingleKeys } from "../shared/single_keys_setting.ts";
import type { RoomView } from "./room_view.ts";
import { rowAt } from "./row_keys.ts";
import { useMessageList } from "./use_message_list.ts";

interface RoomLogProps extends RoomPartProps {
  view: RoomView;
}

/** The messages of the room on screen. The caller remounts it for another room. */
export function RoomLog(props: RoomLogProps) {
  const timeline = props.view.chat.current.peek();
  return timeline ? <Log {...props} timeline={timeline} /> : null;
}

function Log({ view, state, on, timeline }: RoomLogProps & { timeline: Timeline }) {
  const landing = view.landing(timeline.room);
  const list = useMessageList({
    chat: view.chat,
    timeline,
    landing,
    onEnd: view.leavePermalink,
    isHydrated: view.hydrating,
  });
  useLayoutEffect(() => {
    view.end.value = list;
    return () => void (view.end.value = undefined);
  }, []);
  function onKeyDown(event: KeyboardEvent) {
    const act = event.key === "+" ? on?.react : event.key === "r" ? on?.reply : undefined;
    const focused = act && rowAt(event)?.dataset.row;
    const row = focused === undefined ? undefined : state.rows.find(({ id }) => id === focused);
    const isTaken = event.altKey || event.ctrlKey || event.metaKey || !readSingleKeys();
    if (!act || row?.kind !== "message" || isTaken) return list.onKeyDown(event);
    event.preventDefault();
    act(row.message);
  }
  // All is read here, since the list's place is put right whenever this component has rendered.
  const log = messageLogOf({ state, on });
  return (
    <MessageLog
      {...log}
      rows={list.drawn(log.rows)}
      active={list.active.value}
      scroller={list.scroller}
      list={list.list}
      onKeyDown={onKeyDown}
      onFocusIn={list.onFocusIn}
    />
  );
}
