import { useSignal } from "@preact/signals";
import { LIST_LIMIT_MAX } from "../../../lib/protocol/fields.ts";
import type { RoomSummary } from "../../../lib/protocol/rooms.ts";
import { standingIn } from "../../../lib/ui/shell/names.ts";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import { useFound } from "../use_found.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import { SearchField } from "./people_list.tsx";
import { ShowMore } from "./show_more.tsx";
import { useEnter } from "./use_enter.ts";

/** Public rooms, and the way into each. */
export function BrowseRooms({ chat, go, show, onClose }: DialogKindProps) {
  const wanted = useSignal("");
  const { busy, error, run } = useCommand();
  const found = useFound<RoomSummary>(wanted.value, async (query, last) => {
    const page = { query, public: true, limit: LIST_LIMIT_MAX, after: last?.room.id };
    const { rooms, more } = await chat.live.call("rooms.list", page);
    return { items: rooms, more };
  });
  const rooms = inOrder(found.items.value);
  const join = (id: string) =>
    run(async () => {
      chat.rooms.joined((await chat.live.call("rooms.join", { room: id })).room);
      onClose();
      go(id);
    });
  const open = (it: RoomSummary) => {
    chat.rooms.visited(it);
    onClose();
    go(it.room.id);
  };
  const enter = useEnter(found, () => wanted.peek(), (all) => {
    const [first] = inOrder(all);
    if (first) void (standingIn(first) === "visitor" ? join(first.room.id) : open(first));
  });
  return (
    <Dialog id="browse-rooms" title="Rooms" onClose={onClose}>
      <div class="row">
        <SearchField word={wanted} label="Find a room" class=" grow" onEnter={enter} />
        <button class="btn" type="button" onClick={() => show("create_room")}>New room</button>
      </div>
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <ul class="list scroll" aria-label="Public rooms">
        {rooms.map((it) => (
          <li key={it.room.id} class="pref">
            <span class="grow">
              # {it.room.name} {it.room.archivedAt !== undefined && <span class="tag">archived</span>}
              {it.room.topic && <small class="cut">{it.room.topic}</small>}
            </span>
            {standingIn(it) === "visitor"
              ? (
                <button class="btn go" type="button" aria-disabled={busy.value} onClick={() => join(it.room.id)}>
                  Join <span class="vh">{it.room.name}</span>
                </button>
              )
              : (
                <button class="btn" type="button" onClick={() => open(it)}>
                  Open <span class="vh">{it.room.name}</span>
                </button>
              )}
          </li>
        ))}
      </ul>
      <ShowMore found={found} shown={rooms.length} what="rooms" />
    </Dialog>
  );
}

/** By name; archived ones, which can only be read, come last. */
function inOrder(all: readonly RoomSummary[]): RoomSummary[] {
  const isArchived = ({ room }: RoomSummary) => Number(room.archivedAt !== undefined);
  return all.toSorted((a, b) => isArchived(a) - isArchived(b) || a.room.name.localeCompare(b.room.name, "en"));
}
