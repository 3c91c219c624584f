import { useLayoutEffect, useRef } from "preact/hooks";
import { randomKey } from "../../lib/client/connection/random_key.ts";
import { Composer } from "../../lib/ui/room/composer.tsx";
import { Pill } from "../../lib/ui/room/dock.tsx";
import { LengthLeft } from "./length_left.tsx";
import type { RoomView } from "./room_view.ts";
import { useComposer } from "./use_composer.ts";

/** The way to the end of the list on screen. */
export function ToEnd({ view }: { view: RoomView }) {
  const end = view.end.value;
  return end?.isAway.value ? <Pill count={end.newBelow.value} onClick={end.toEnd} /> : null;
}

/** The field for messages. The caller remounts it for another room. */
export function Writer({ view, room }: { view: RoomView; room: string }) {
  const onEditLast = () => void view.act((it) => it.editLast());
  const onPage = (by: -1 | 1) => view.end.peek()?.page(by);
  const composer = useComposer({ chat: view.chat, drafts: view.drafts, room, onEditLast, onPage });
  useLayoutEffect(() => {
    view.writer.value = composer;
    return () => void (view.writer.value = undefined);
  }, []);
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
    >
      <LengthLeft text={composer.text} />
    </Composer>
  );
}
