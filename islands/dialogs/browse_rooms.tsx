import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialogs.tsx";

const SHOWN_MAX = 100;

/** Public rooms, and the way into each. */
export function BrowseRooms({ chat, go, show, onClose }: DialogKindProps) {
  const wanted = useSignal("");
  const { busy, error, run } = useCommand();
  useEffect(() => void run(() => chat.rooms.load()), []);
  const word = wanted.value.trim().toLowerCase();
  const rooms = chat.rooms.lines.value.filter(({ room }) =>
    room.visibility === "public" && `${room.name} ${room.topic}`.toLowerCase().includes(word)
  );
  const join = (id: string) =>
    run(async () => {
      chat.rooms.joined((await chat.live.call("rooms.join", { room: id })).room);
      onClose();
      go(id);
    });
  return (
    <Dialog id="browse-rooms" title="Rooms" onClose={onClose}>
      <div class="row">
        <input
          class="input grow"
          type="search"
          autofocus
          aria-label="Find a room"
          placeholder="Find a room"
          value={wanted.value}
          onInput={(event) => wanted.value = event.currentTarget.value}
        />
        <button class="btn" type="button" onClick={() => show("create_room")}>New room</button>
      </div>
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <ul class="list scroll" aria-label="Public rooms">
        {rooms.slice(0, SHOWN_MAX).map(({ room, joined }) => (
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
      {rooms.length === 0 && <p class="mid">No room has that in its name or topic.</p>}
    </Dialog>
  );
}
