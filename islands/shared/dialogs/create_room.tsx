import { useRef } from "preact/hooks";
import { useSignal } from "@preact/signals";
import { randomKey } from "../../../lib/client/connection/random_key.ts";
import { NAME_MAX, TOPIC_MAX } from "../../../lib/protocol/fields.ts";
import { Dialog } from "../dialog.tsx";
import { inPlace, useCommand } from "../use_command.ts";
import type { DialogKindProps } from "./dialog_kinds.ts";
import { TextField } from "./text_field.tsx";

export function CreateRoom({ chat, go, onClose }: DialogKindProps) {
  const name = useSignal("");
  const topic = useSignal("");
  const isPrivate = useSignal(false);
  const key = useRef(randomKey()); // One key for the form: a second press makes no second room.
  const { busy, error, run } = useCommand();
  const create = () =>
    run(async () => {
      const { room } = await chat.live.call("rooms.create", {
        name: name.value,
        topic: topic.value || undefined,
        visibility: isPrivate.value ? "private" : "public",
        key: key.current,
      });
      chat.rooms.joined(room);
      onClose();
      go(room.id);
    }, { name: name.value }).then(() => void (error.peek() && (key.current = randomKey())));
  return (
    <Dialog id="create-room" title="New room" onClose={onClose}>
      <form class="form" onSubmit={inPlace(create)}>
        <TextField label="Name" value={name} required autofocus maxLength={NAME_MAX} />
        <TextField label="Topic (optional)" value={topic} maxLength={TOPIC_MAX} />
        <label class="check">
          <input
            type="checkbox"
            checked={isPrivate.value}
            onChange={(event) => isPrivate.value = event.currentTarget.checked}
          />
          <span>Private. Only people you add can see it.</span>
        </label>
        {error.value && <p class="bad" role="alert">{error.value}</p>}
        <button class="btn go wide" type="submit" aria-disabled={busy.value}>Create room</button>
      </form>
    </Dialog>
  );
}
