import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { TEXT_MAX } from "../../../lib/protocol/fields.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import { isComposing } from "../../shared/composing.ts";
import { LengthLeft, tooLong } from "../length_left.tsx";
import { isSubmit } from "../use_composer.ts";
import type { MessageActions } from "./message_actions.ts";

/** Edits a message where it stands. What is written is kept until it is saved or given up. */
export function Editor({ actions, message }: { actions: MessageActions; message: Message }) {
  const { editing, changes, asked } = actions;
  const field = useRef<HTMLTextAreaElement>(null);
  const draft = useRef<ReturnType<typeof editing.draft> | undefined>(undefined);
  const { base } = draft.current ??= editing.draft(message);
  const text = useSignal(draft.current.text);
  const problem = useSignal<string | undefined>(undefined);

  useLayoutEffect(() => {
    const at = field.current;
    if (!at || !editing.takeFocus()) return;
    at.focus({ preventScroll: true });
    at.setSelectionRange(at.value.length, at.value.length);
    at.form?.scrollIntoView({ block: "nearest" });
  }, []);

  function save() {
    const words = text.peek().trim();
    if (words.length > TEXT_MAX) {
      problem.value = tooLong(words.length - TEXT_MAX);
      return;
    }
    editing.end(message);
    if (words === "") asked.value = { kind: "delete", message };
    else if (words !== message.text) changes.change(message, { kind: "edit", text: words });
  }

  return (
    <form
      class="composer edit"
      aria-label="Edit message"
      onSubmit={(event) => {
        event.preventDefault();
        save();
      }}
      onKeyDown={(event) => {
        if (isComposing(event) || event.key !== "Escape") return;
        event.preventDefault();
        editing.end(message);
      }}
    >
      <textarea
        ref={field}
        dir="auto"
        rows={1}
        aria-label="Message"
        aria-describedby={`edit-${message.seq}`}
        value={text.value}
        onInput={(event) => {
          text.value = event.currentTarget.value;
          problem.value = undefined;
          editing.write(message, { text: text.peek(), base });
        }}
        onKeyDown={(event) => {
          if (!isSubmit(event)) return;
          event.preventDefault();
          save();
        }}
      />
      <div class="row">
        {problem.value ? <p class="grow note bad" role="alert">{problem.value}</p> : <LengthLeft text={text} />}
        <p class="grow note" id={`edit-${message.seq}`} role="status">
          {message.text === base ? "" : "It changed while you were editing. Saving overwrites it."}
        </p>
        <button class="btn bare" type="button" onClick={() => editing.end(message)}>Cancel</button>
        <button class="btn go" type="submit">Save</button>
      </div>
    </form>
  );
}
