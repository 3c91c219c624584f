/** Questions before what one cannot undo by oneself, or not at once. */
import { Question } from "../question.tsx";
import type { DialogKindProps } from "./dialog_kinds.ts";

/** Leaving a private room: the way back is through its members. */
export function LeaveRoom({ chat, go, onClose }: DialogKindProps) {
  const { room, name } = here(chat);
  const leave = async () => {
    await chat.live.call("rooms.leave", { room });
    onClose();
    const next = chat.rooms.summaries.peek().find((it) => it.joined && it.level !== "hidden" && it.room.id !== room);
    if (next) go(next.room.id);
    else location.assign("/rooms");
  };
  return (
    <Question title={`Leave #${name}?`} yes="Leave room" act={leave} onClose={onClose}>
      You'll need someone to add you back.
    </Question>
  );
}

export function ArchiveRoom({ chat, onClose }: DialogKindProps) {
  const { room, name } = here(chat);
  const archive = async () => {
    chat.rooms.update((await chat.live.call("rooms.archive", { room })).room);
    onClose();
  };
  return (
    <Question title={`Archive #${name}?`} yes="Archive room" act={archive} onClose={onClose}>
      Everyone can still read it. No one can post until it's unarchived.
    </Question>
  );
}

function here(chat: DialogKindProps["chat"]): { room: string; name: string } {
  const room = chat.current.peek()?.room ?? "";
  return { room, name: chat.rooms.summary(room)?.room.name ?? "" };
}
