import { useSignal } from "@preact/signals";
import { LIST_LIMIT_MAX } from "../../../lib/protocol/fields.ts";
import type { RoomSummary } from "../../../lib/protocol/rooms.ts";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import { useFound } from "../use_found.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import { SearchField } from "./people_list.tsx";
import { ShowMore } from "./show_more.tsx";

/** Public rooms, and the way into each. */
export function BrowseRooms({ chat, go, show, onClose }: DialogKindProps) {
  const wanted = useSignal("");
  const { busy, error, run } = useCommand();
  const found = useFound<RoomSummary>(wanted.value, async (query, last) => {
    const page = { query, public: true, limit: LIST_LIMIT_MAX, after: last?.room.id };
    const { rooms, more } = await chat.live.call("rooms.list", page);
    return { items: rooms, more };
  });
  const rooms = found.items.value.toSorted((a, b) => a.room.name.localeCompare(b.room.name, "en"));
  const join = (id: string) =>
    run(async () => {
      chat.rooms.joined((await chat.live.call("rooms.join", { room: id })).room);
      onClose();
      go(id);
    });
  return (
    <Dialog id="browse-rooms" title="Rooms" onClose={onClose}>
      <div class="row">
        <SearchField word={wanted} label="Find a room" class=" grow" />
        <button class="btn" type="button" onClick={() => show("create_room")}>New room</button>
      </div>
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <ul class="list scroll" aria-label="Public rooms">
        {rooms.map(({ room, joined }) => (
          <li key={room.id} class="pref">
            <span class="grow">
              # {room.name}
              {room.topic && <small class="cut">{room.topic}</small>}
            </span>
            {joined
              ? (
                <button
                  class="btn"
                  type="button"
                  onClick={() => {
                    onClose();
                    go(room.id);
                  }}
                >
                  Open <span class="vh">{room.name}</span>
                </button>
              )
              : (
                <button class="btn go" type="button" disabled={busy.value} onClick={() => join(room.id)}>
                  Join <span class="vh">{room.name}</span>
                </button>
              )}
          </li>
        ))}
      </ul>
      <ShowMore found={found} shown={rooms.length} what="rooms" />
    </Dialog>
  );
}
