import { useSignal } from "@preact/signals";
import { DIRECT_USERS_MAX } from "../../lib/protocol/fields.ts";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialogs.tsx";
import { isCalled, usePeople } from "./people_list.ts";

const SHOWN_MAX = 100;

/** Picks one or more people and opens the conversation with exactly them. */
export function Direct({ chat, go, onClose }: DialogKindProps) {
  const people = usePeople(chat);
  const word = useSignal("");
  const picked = useSignal<readonly string[]>([]);
  const { busy, error, run } = useCommand();
  const toggle = (id: string) =>
    picked.value = picked.value.includes(id) ? picked.value.filter((it) => it !== id) : [...picked.value, id];
  const start = () =>
    run(async () => {
      const { room } = await chat.live.call("rooms.direct", { users: [...picked.value] });
      // A list that was asked for when the room came up may be of a moment when only its maker was inside.
      await chat.members.load(room.id);
      chat.rooms.joined(room);
      onClose();
      go(room.id);
    });
  return (
    <Dialog id="direct" title="New direct message" onClose={onClose}>
      <form
        class="form"
        onSubmit={(event) => {
          event.preventDefault();
          void start();
        }}
      >
        <input
          class="input"
          type="search"
          autofocus
          aria-label="Find people"
          placeholder="Find people"
          value={word.value}
          onInput={(event) => word.value = event.currentTarget.value}
        />
        <ul class="list scroll" aria-label="People">
          {people.value.filter((it) => isCalled(it, word.value)).slice(0, SHOWN_MAX).map((it) => (
            <li key={it.id}>
              <label class="opt">
                <input type="checkbox" checked={picked.value.includes(it.id)} onChange={() => toggle(it.id)} />
                <span class="grow cut">
                  {it.name} <span class="dim">@{it.handle}{it.id === chat.me.id ? ", notes to yourself" : ""}</span>
                </span>
              </label>
            </li>
          ))}
        </ul>
        {error.value && <p class="bad" role="alert">{error.value}</p>}
        <button
          class="btn go wide"
          type="submit"
          disabled={busy.value || picked.value.length === 0 || picked.value.length > DIRECT_USERS_MAX}
        >
          Start conversation
        </button>
      </form>
    </Dialog>
  );
}
