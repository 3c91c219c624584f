import { useSignal } from "@preact/signals";
import { DIRECT_USERS_MAX } from "../../../lib/protocol/fields.ts";
import { Dialog } from "../dialog.tsx";
import { inPlace, useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { PersonName, SearchField } from "./people_list.tsx";
import { ShowMore } from "./show_more.tsx";
import { useEnter } from "./use_enter.ts";
import { byName, usePeople } from "./use_people.ts";

/** Picks one or more people and opens the conversation with exactly them. */
export function Direct({ chat, go, onClose }: DialogKindProps) {
  const word = useSignal("");
  const found = usePeople(chat, word.value, { active: true });
  const picked = useSignal<readonly User[]>([]);
  const { busy, error, run } = useCommand();
  const isPicked = (user: User) => picked.value.some((it) => it.id === user.id);
  const toggle = (user: User) =>
    picked.value = isPicked(user) ? picked.value.filter((it) => it.id !== user.id) : [...picked.value, user];
  const enter = useEnter(found, () => word.peek(), (users) => {
    const [first] = byName(users);
    if (first && !isPicked(first)) toggle(first);
    word.value = ""; // The next Enter opens the direct message.
  });
  const here = new Set(found.items.value.map((it) => it.id));
  // Picked people stay in sight during the next search.
  const people = [...picked.value.filter((it) => !here.has(it.id)), ...byName(found.items.value)];
  const start = () =>
    run(async () => {
      const { room } = await chat.live.call("rooms.direct", { users: picked.value.map((it) => it.id) });
      // A list that was asked for when the room came up may be of a moment when only its maker was inside.
      await chat.members.load(room.id);
      chat.rooms.joined(room);
      onClose();
      go(room.id);
    });
  return (
    <Dialog id="direct" title="New direct message" onClose={onClose}>
      <form class="form" onSubmit={inPlace(start)}>
        <SearchField word={word} label="Find people" onEnter={enter} />
        <ul class="list scroll" aria-label="People">
          {people.map((it) => (
            <li key={it.id}>
              <label class="opt">
                <input type="checkbox" checked={isPicked(it)} onChange={() => toggle(it)} />
                <PersonName person={it} note={it.id === chat.me.id ? ", notes to yourself" : ""} />
              </label>
            </li>
          ))}
        </ul>
        <ShowMore found={found} shown={people.length} what="people" />
        {error.value && <p class="bad" role="alert">{error.value}</p>}
        <button
          class="btn go wide"
          type="submit"
          aria-disabled={busy.value}
          disabled={picked.value.length === 0 || picked.value.length > DIRECT_USERS_MAX}
        >
          Start direct message
        </button>
      </form>
    </Dialog>
  );
}
