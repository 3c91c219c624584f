/** What one may do with the room on screen. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { errorWords } from "../../../lib/model/problem_words.ts";
import type { Level } from "../../../lib/protocol/rooms.ts";
import { Icon, type IconName } from "../../../lib/ui/shell/icon.tsx";
import { mayManage } from "../../../lib/model/may_manage.ts";
import { useCommand } from "../use_command.ts";
import { usePopover } from "../use_popover.ts";
import type { DialogKind, DialogKindProps } from "./dialog_kinds.ts";

export function RoomMenu({ chat, show, members, onClose }: DialogKindProps) {
  const { close, props } = usePopover(onClose);
  const isCopied = useSignal(false);
  const { error, run } = useCommand();
  const room = chat.current.value?.room ?? "";
  const summary = chat.rooms.summary(room);
  if (!summary) return null;
  const { visibility, archivedAt } = summary.room;
  const manages = mayManage(summary, chat.me);
  const isArchived = archivedAt !== undefined;
  const open = (kind: DialogKind) => () => {
    close(); // First, so that the dialog gives the focus back to what opened the menu.
    show(kind);
  };
  const people = () => {
    close();
    members?.();
  };
  const leave = () =>
    run(async () => {
      await chat.live.call("rooms.leave", { room });
      close();
    });
  const unarchive = () =>
    run(async () => {
      chat.rooms.update((await chat.live.call("rooms.unarchive", { room })).room);
      close();
    });
  const copy = () =>
    void navigator.clipboard.writeText(`${location.origin}/rooms/${room}`).then(() => isCopied.value = true, () => {});
  return (
    <div {...props} class="pop at-room" role="dialog" aria-label="Room menu">
      <Item icon="users" onClick={people} autofocus>Members</Item>
      {manages && !isArchived && <Item icon="edit" onClick={open("room_details")}>Name and topic</Item>}
      {isSecureContext && (
        <Item icon={isCopied.value ? "check" : "link"} onClick={copy}>
          <span role="status">{isCopied.value ? "Link copied" : "Copy link"}</span>
        </Item>
      )}
      {summary.joined && <Levels chat={chat} room={room} level={summary.level} />}
      {visibility !== "direct" && (summary.joined || manages) && <hr />}
      {summary.joined && visibility !== "direct" && !isArchived && (
        <Item icon="out" onClick={visibility === "private" ? open("leave_room") : leave}>Leave room</Item>
      )}
      {manages && (isArchived
        ? <Item icon="archive" onClick={unarchive}>Unarchive room</Item>
        : <Item icon="archive" onClick={open("archive_room")}>Archive room</Item>)}
      {error.value && <p class="bad opt-h" role="alert">{error.value}</p>}
    </div>
  );
}

interface ItemProps {
  icon: IconName;
  autofocus?: boolean;
  onClick(): void;
  children: ComponentChildren;
}

function Item({ icon, autofocus, onClick, children }: ItemProps) {
  return (
    <button class="opt" type="button" autofocus={autofocus} onClick={onClick}>
      <Icon name={icon} />
      <span class="grow">{children}</span>
    </button>
  );
}

const levels = [
  { level: "everything", icon: "bell", label: "Every message", detail: "" },
  { level: "mentions", icon: "bell-at", label: "Mentions", detail: "" },
  { level: "nothing", icon: "bell-off", label: "Nothing", detail: "Muted, no unread count" },
  { level: "hidden", icon: "x", label: "Hidden", detail: "Hidden from the sidebar" },
] as const satisfies readonly { level: Level; icon: IconName; label: string; detail: string }[];

function Levels({ chat, room, level }: Pick<DialogKindProps, "chat"> & { room: string; level: Level }) {
  const error = useSignal<string | undefined>(undefined);
  const set = async (next: Level) => {
    error.value = undefined;
    chat.rooms.setLevel(room, next); // At once: arrow keys go through the levels faster than answers come.
    try {
      await chat.live.call("rooms.setLevel", { room, level: next });
    } catch (thrown) {
      chat.rooms.setLevel(room, level);
      error.value = errorWords(thrown);
    }
  };
  return (
    <fieldset class="levels">
      <legend class="opt-h">Notify me about</legend>
      {levels.map((it) => (
        <label key={it.level} class="opt">
          <input
            type="radio"
            name="level"
            checked={it.level === level}
            onChange={() => void set(it.level)}
          />
          <Icon name={it.icon} />
          <span class="grow">
            {it.label}
            {it.detail && <small>{it.detail}</small>}
          </span>
          {it.level === level && <Icon name="check" />}
        </label>
      ))}
      {error.value && <p class="bad opt-h" role="alert">{error.value}</p>}
    </fieldset>
  );
}
