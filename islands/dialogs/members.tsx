import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { Dialog } from "../dialog.tsx";
import { useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialogs.tsx";
import { isCalled, usePeople } from "./people_list.ts";

const SHOWN_MAX = 100;

/** Who is in the room; members add people, and those who run the room remove them. */
export function Members({ chat, show, onClose }: DialogKindProps) {
  const word = useSignal("");
  const everybody = usePeople(chat);
  const { busy, error, run } = useCommand();
  const timeline = chat.current.value;
  const room = timeline?.room ?? "";
  useEffect(() => void run(() => chat.members.load(room)), [room]);
  const line = chat.rooms.line(room);
  if (!line) return null;
  const { visibility, createdBy } = line.room;
  const members = chat.members.members.value.get(room) ?? [];
  const isDirect = visibility === "direct";
  const isAdmin = ["owner", "admin"].includes(chat.me.role);
  const mayRemove = line.joined && (createdBy === chat.me.id || isAdmin);
  const add = (user: string) =>
    run(async () => {
      await chat.live.call("rooms.addMember", { room, user });
      await chat.members.load(room);
    });
  const remove = (user: string) =>
    run(async () => {
      await chat.live.call("rooms.removeMember", { room, user });
      await chat.members.load(room);
    });
  const inside = new Set(members);
  const users = chat.people.users.value;
  const found = (id: string) => {
    const user = users.get(id);
    return user === undefined ? word.value === "" : isCalled(user, word.value);
  };
  const isEverybody = everybody.value.length > 0 && everybody.value.every((it) => inside.has(it.id));
  const outside = everybody.value.filter((it) => !inside.has(it.id) && isCalled(it, word.value));
  return (
    <Dialog id="members" title={`${members.length} ${members.length === 1 ? "member" : "members"}`} onClose={onClose}>
      <input
        class="input"
        type="search"
        autofocus
        aria-label="Find people"
        placeholder="Find people"
        value={word.value}
        onInput={(event) =>
          word.value = event.currentTarget.value}
      />
      {error.value && <p class="bad" role="alert">{error.value}</p>}
      <ul class="list scroll" aria-label="Members">
        {members.filter(found).slice(0, SHOWN_MAX).map((id) => {
          const user = users.get(id);
          return (
            <li key={id} class="pref">
              <span class="grow cut">
                {user?.name ?? "…"} <span class="dim">@{user?.handle}</span>
              </span>
              {mayRemove && !isDirect && id !== chat.me.id && (
                <button
                  class="btn bare"
                  type="button"
                  disabled={busy.value}
                  onClick={() => remove(id)}
                >
                  Remove <span class="vh">{user?.name}</span>
                </button>
              )}
            </li>
          );
        })}
      </ul>
      {line.joined && !isDirect && isEverybody && (
        <>
          <p class="mid">
            Everybody in the workspace is in this room.{!isAdmin && " Its owner and admins invite others."}
          </p>
          {isAdmin && (
            <button
              class="btn"
              type="button"
              onClick={() => show("invite")}
            >
              Invite people
            </button>
          )}
        </>
      )}
      {line.joined && !isDirect && outside.length > 0 && (
        <>
          <h3>Not in this room</h3>
          <ul class="list scroll" aria-label="People who can be added">
            {outside.slice(0, SHOWN_MAX).map((it) => (
              <li key={it.id} class="pref">
                <span class="grow cut">
                  {it.name} <span class="dim">@{it.handle}</span>
                </span>
                <button
                  class="btn"
                  type="button"
                  disabled={busy.value}
                  onClick={() => add(it.id)}
                >
                  Add <span class="vh">{it.name}</span>
                </button>
              </li>
            ))}
          </ul>
        </>
      )}
    </Dialog>
  );
}
