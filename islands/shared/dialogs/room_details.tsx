import { useSignal } from "@preact/signals";
import { NAME_MAX, TOPIC_MAX } from "../../../lib/protocol/fields.ts";
import { Dialog } from "../dialog.tsx";
import { inPlace, useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import { TextField } from "./text_field.tsx";

/** Name and topic of the room on screen, for those who run it. */
export function RoomDetails(props: DialogKindProps) {
  return <Details {...props} at="name" />;
}

/** The same, to write the topic. */
export function RoomTopic(props: DialogKindProps) {
  return <Details {...props} at="topic" />;
}

function Details({ chat, onClose, at }: DialogKindProps & { at: "name" | "topic" }) {
  const id = chat.current.peek()?.room ?? "";
  const room = chat.rooms.summary(id)?.room;
  const name = useSignal(room?.name ?? "");
  const topic = useSignal(room?.topic ?? "");
  const { busy, error, run } = useCommand();
  const save = () =>
    run(async () => {
      // An old name or topic that would be refused now stays as it is.
      const fields = {
        room: id,
        ...(name.value !== room?.name && { name: name.value }),
        ...(topic.value !== room?.topic && { topic: topic.value }),
      };
      chat.rooms.update((await chat.live.call("rooms.update", fields)).room);
      onClose();
    }, { name: name.value });
  return (
    <Dialog id="room-details" title="Name and topic" onClose={onClose}>
      <form class="form" onSubmit={inPlace(save)}>
        <TextField label="Name" value={name} required autofocus={at === "name"} maxLength={NAME_MAX} />
        <TextField
          label="Topic"
          value={topic}
          autofocus={at === "topic"}
          maxLength={TOPIC_MAX}
          placeholder="What this room is for"
        />
        {error.value && <p class="bad" role="alert">{error.value}</p>}
        <button class="btn go wide" type="submit" aria-disabled={busy.value}>Save</button>
      </form>
    </Dialog>
  );
}
