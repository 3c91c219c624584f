import { useRef } from "preact/hooks";
import { randomKey } from "../../lib/client/connection/random_key.ts";
import { Composer } from "../../lib/ui/room/composer.tsx";
import { ArchivedBar, Dock, JoinBar, Pill } from "../../lib/ui/room/dock.tsx";
import { mayManage } from "../../lib/model/may_manage.ts";
import { personName } from "../../lib/ui/shell/names.ts";
import type { RoomView } from "./room_view.ts";
import { useComposer } from "./use_composer.ts";

/** What stands below the messages. The caller remounts it for another room. */
export function RoomDock({ view }: { view: RoomView }) {
  const { chat } = view;
  const room = chat.current.peek()?.room ?? "";
  const typing = chat.typing.users.value.get(room) ?? [];
  const names = typing.map((id) => personName(chat.people.users.value.get(id)));
  return (
    <Dock typing={names}>
      <ToEnd view={view} />
      <Writing view={view} room={room} />
    </Dock>
  );
}

function ToEnd({ view }: { view: RoomView }) {
  const end = view.end.value;
  return end?.isAway.value ? <Pill count={end.newBelow.value} onClick={end.toEnd} /> : null;
}

function Writing({ view, room }: { view: RoomView; room: string }) {
  const { chat } = view;
  const line = view.line.value;
  if (chat.lost.value !== undefined || !line) return null;
  /** In place; where that is refused the form goes out, since the page that answers has the reason. */
  const instead = (run: () => Promise<void>) => (event: SubmitEvent) => {
    event.preventDefault();
    const form = event.currentTarget;
    void run().catch(() => form instanceof HTMLFormElement && form.submit());
  };
  if (line.room.archivedAt !== undefined) {
    const unarchive = async () => chat.rooms.update((await chat.live.call("rooms.unarchive", { room })).room);
    return <ArchivedBar room={line.room} mayManage={mayManage(line, chat.me)} onUnarchive={instead(unarchive)} />;
  }
  if (!line.joined) {
    const join = async () => chat.rooms.joined((await chat.live.call("rooms.join", { room })).room);
    return <JoinBar room={line.room} onJoin={instead(join)} />;
  }
  return <Writer view={view} room={room} />;
}

function Writer({ view, room }: { view: RoomView; room: string }) {
  const onEditLast = () => void view.act((it) => it.editLast());
  const composer = useComposer({ chat: view.chat, drafts: view.drafts, room, onEditLast });
  const formKey = useRef(randomKey());
  return (
    <Composer
      room={room}
      title={view.ref.value}
      text={composer.text.value}
      formKey={formKey.current}
      problem={composer.problem.value}
      field={composer.field}
      onInput={composer.onInput}
      onKeyDown={composer.onKeyDown}
      onSubmit={composer.onSubmit}
    />
  );
}
