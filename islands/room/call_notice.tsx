/** Says that I was mentioned in another room, or written to: once, quietly, and without taking the focus or a place. */
import { untracked, useSignal, useSignalEffect } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { Entry } from "../../lib/protocol/feed.ts";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import { isPlain } from "../../lib/ui/shell/room_list.tsx";
import type { RoomView } from "./room_view.ts";

/** How long it stays; the room list, the title and the feed go on showing it. */
export const SHOWN_MS = 10_000;

export function CallNotice({ view }: { view: RoomView }) {
  const shown = useSignal<Entry | undefined>(undefined);
  const box = useRef<HTMLDivElement>(null);
  const { calling, current, rooms } = view.chat;

  useSignalEffect(() => {
    const entry = calling.value;
    // It is announced once: later changes of the room list are no news.
    if (!entry) shown.value = undefined; // It was withdrawn.
    else if (untracked(() => isCall(view, entry))) shown.value = entry;
  });
  useSignalEffect(() => {
    // It was read here or on another device, or the room is open.
    rooms.summaries.value;
    if (current.value && shown.value && !isCall(view, shown.value)) shown.value = undefined;
  });
  const entry = shown.value;
  useEffect(() => {
    if (!entry) return;
    let timer = setTimeout(hide, SHOWN_MS);
    function hide() {
      // It stays while it has the pointer or the focus, and while the page is hidden.
      if (document.hidden || box.current?.matches(":hover, :focus-within")) timer = setTimeout(hide, SHOWN_MS);
      else shown.value = undefined;
    }
    return () => clearTimeout(timer);
  }, [entry]);

  const room = entry?.room;
  return (
    <div ref={box} class="call" role="alert">
      {entry && room !== undefined && (
        <div class="pop">
          <Icon name={entry.kind === "mentioned" ? "at" : "user"} />
          <a
            class="grow link"
            href={entry.url ?? `/rooms/${room}`}
            onClick={(event) => {
              if (!isPlain(event)) return;
              event.preventDefault();
              view.go(room);
            }}
          >
            {entry.title}
          </a>
          <button class="ib" type="button" aria-label="Close" onClick={() => void (shown.value = undefined)}>
            <Icon name="x" />
          </button>
        </div>
      )}
    </div>
  );
}

/** Whether it is of another room, unread, and of one that I want to hear of. */
function isCall({ chat }: RoomView, { room = "", n = 0 }: Entry): boolean {
  const level = chat.rooms.summary(room)?.level;
  if (level === "nothing" || level === "hidden") return false;
  return room !== chat.current.peek()?.room && n > chat.rooms.mark(room);
}
