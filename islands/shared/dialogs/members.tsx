import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { counted } from "../../../lib/ui/shell/format.ts";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import { PeopleList, SearchField } from "./people_list.tsx";
import { ShowMore } from "./show_more.tsx";
import { byName, usePeople } from "./use_people.ts";

/** Who is in the room; members add people, and those who run the room remove them. */
export function Members({ chat, show, onClose }: DialogKindProps) {
  const word = useSignal("");
  const { busy, error, run } = useCommand();
  const room = chat.current.value?.room ?? "";
  const members = chat.members.members.value.get(room) ?? [];
  // Whoever comes or goes, by whatever hand, is in the other list then.
  const inside = usePeople(chat, word.value, { inside: room }, members.length);
  const outside = usePeople(chat, word.value, { outside: room, active: true }, members.length);
  useEffect(() => void run(() => chat.members.load(room)), [room]);
  const summary = chat.rooms.summary(room);
  if (!summary) return null;
  const { visibility, createdBy } = summary.room;
  const isDirect = visibility === "direct";
  const isAdmin = ["owner", "admin"].includes(chat.me.role);
  const mayRemove = summary.joined && (createdBy === chat.me.id || isAdmin);
  const add = (user: string) =>
    run(async () => {
      await chat.live.call("rooms.addMember", { room, user });
      chat.members.joined(room, user);
    });
  const remove = (user: string) =>
    run(async () => {
      await chat.live.call("rooms.removeMember", { room, user });
      chat.members.left(room, user);
    });
  const isEverybody = outside.of.value === "" && outside.items.value.length === 0;
  return (
    <Dialog id="members" title={counted(members.length, "member")} onClose={onClose}>
      <SearchField word={word} label="Find people" />
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <PeopleList label="Members" people={byName(inside.items.value)}>
        {({ id, name }) =>
          mayRemove && !isDirect && id !== chat.me.id && (
            <button
              class="btn bare"
              type="button"
              disabled={busy.value}
              onClick={() => remove(id)}
            >
              Remove <span class="vh">{name}</span>
            </button>
          )}
      </PeopleList>
      <ShowMore found={inside} shown={inside.items.value.length} what="members" />
      {summary.joined && !isDirect && isEverybody && (
        <>
          <p class="mid">
            Everybody in the workspace is in this room.{!isAdmin && " Its owner and admins invite others."}
          </p>
          {isAdmin && <button class="btn" type="button" onClick={() => show("invite")}>Invite people</button>}
        </>
      )}
      {summary.joined && !isDirect && outside.items.value.length > 0 && (
        <>
          <h3>Not in this room</h3>
          <PeopleList label="People who can be added" people={byName(outside.items.value)}>
            {({ id, name }) => (
              <button class="btn" type="button" disabled={busy.value} onClick={() => add(id)}>
                Add <span class="vh">{name}</span>
              </button>
            )}
          </PeopleList>
          <ShowMore found={outside} shown={outside.items.value.length} what="people who can be added" />
        </>
      )}
    </Dialog>
  );
}
