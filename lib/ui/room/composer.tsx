/** The field for a message. Without script it is a plain form; it is never disabled, not even offline. */
import type { ComponentChildren, RefObject } from "preact";
import { Icon } from "../shell/icon.tsx";

export interface ComposerProps {
  room: string;
  /** "#gauges" or the people's names. */
  title: string;
  text: string;
  /** The `key` of the next message: for the form without script. */
  formKey: string;
  /** Why the last message was refused. */
  problem?: string;
  /** Whether the field has the focus when the page opens. */
  autofocus?: boolean;
  field?: RefObject<HTMLTextAreaElement | null>;
  onInput?(event: InputEvent): void;
  onKeyDown?(event: KeyboardEvent): void;
  onSubmit?(event: SubmitEvent): void;
  /** What is said of the text before it is sent. */
  children?: ComponentChildren;
}

export function Composer(props: ComposerProps) {
  const { room, title, text, formKey, problem, autofocus, field, onInput, onKeyDown, onSubmit, children } = props;
  return (
    <>
      {problem
        ? (
          <p class="note bad" role="alert" id="compose-problem">
            <Icon name="alert" small />
            {problem}
          </p>
        )
        : children}
      <form
        class="composer"
        method="post"
        action={`/rooms/${room}`}
        aria-label={`Write to ${title}`}
        onSubmit={onSubmit}
      >
        <input type="hidden" name="key" value={formKey} />
        <label class="vh" for="compose">Message {title}</label>
        <textarea
          id="compose"
          name="text"
          dir="auto"
          rows={1}
          required
          autofocus={autofocus}
          placeholder={`Message ${title}`}
          value={text}
          ref={field}
          aria-describedby={problem ? "compose-problem" : undefined}
          onInput={onInput}
          onKeyDown={onKeyDown}
        />
        <div class="row">
          <small class="hint grow wide-only">**bold**&ensp;_italic_&ensp;`code`&ensp;&gt; quote</small>
          <span class="grow" />
          <button class="btn go" type="submit" aria-label="Send message" aria-keyshortcuts="Enter">
            <Icon name="send" />
          </button>
        </div>
      </form>
    </>
  );
}
