/** How the composer behaves: a draft a room, Enter by the reader's means of input, and that it is never disabled. */
import { type Signal, useSignal } from "@preact/signals";
import type { RefObject } from "preact";
import { useLayoutEffect, useRef } from "preact/hooks";
import type { Chat } from "../../lib/client/stores/chat.ts";
import { type Drafts, withDraft } from "../../lib/client/stores/drafts.ts";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";
import { isComposing } from "../shared/composing.ts";
import { tooLong } from "./length_left.tsx";

export interface ComposerState {
  text: Signal<string>;
  /** Why it was not taken, e.g. too long. */
  problem: Signal<string | undefined>;
  field: RefObject<HTMLTextAreaElement | null>;
  /** Appends to what is written, and puts the caret behind it. */
  insert(words: string): void;
  onInput(event: InputEvent): void;
  onKeyDown(event: KeyboardEvent): void;
  onSubmit(event: SubmitEvent): void;
}

/** The caller remounts for another room. */
export interface ComposerDeps {
  chat: Chat;
  drafts: Drafts;
  room: string;
  /** Up in an empty composer. */
  onEditLast?(): void;
  /** Page Up and Page Down: the reader looks through the messages while writing. */
  onPage?(by: -1 | 1): void;
}

export function useComposer({ chat, drafts, room, onEditLast, onPage }: ComposerDeps): ComposerState {
  const text = useSignal("");
  const problem = useSignal<string | undefined>(undefined);
  const field = useRef<HTMLTextAreaElement>(null);

  useLayoutEffect(() => {
    const draft = drafts.get(room);
    text.value = withDraft(field.current?.value ?? "", draft);
    if (text.peek() !== draft) drafts.set(room, text.peek());
    return drafts.watch(room, (written) => {
      text.value = written;
      problem.value = undefined;
    });
  }, []);

  function send() {
    const words = text.peek().trim();
    if (words === "") return;
    if (words.length > TEXT_MAX) {
      problem.value = tooLong(words.length - TEXT_MAX);
      return;
    }
    try {
      chat.send(words);
    } catch {
      problem.value = "Too many messages are waiting to be sent.";
      return;
    }
    text.value = "";
    problem.value = undefined;
    drafts.set(room, "");
    field.current?.focus();
  }

  return {
    text,
    problem,
    field,
    insert(words) {
      const before = text.peek().trimEnd();
      text.value = before === "" ? words : `${before}\n\n${words}`;
      drafts.set(room, text.peek());
      const at = field.current;
      if (!at) return;
      at.value = text.peek(); // At once, for the caret: it is rendered only later.
      at.focus();
      at.setSelectionRange(at.value.length, at.value.length);
    },
    onInput(event) {
      if (!(event.currentTarget instanceof HTMLTextAreaElement)) return;
      text.value = event.currentTarget.value;
      problem.value = undefined;
      drafts.set(room, text.peek());
      if (text.peek().trim() !== "") chat.typing.typed(room);
    },
    onKeyDown(event) {
      const isPlain = !isComposing(event) && !hasModifier(event);
      const page = event.key === "PageUp" ? -1 : event.key === "PageDown" ? 1 : undefined;
      if (page && isPlain && onPage) {
        event.preventDefault();
        return onPage(page);
      }
      if (event.key === "ArrowUp" && text.peek() === "" && isPlain && onEditLast) {
        event.preventDefault(); // Else it moves the caret of the field that has the focus by then.
        return onEditLast();
      }
      if (!isSubmit(event)) return;
      event.preventDefault();
      send();
    },
    onSubmit(event) {
      event.preventDefault();
      send();
    },
  };
}

function hasModifier({ altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
  return altKey || ctrlKey || metaKey || shiftKey;
}

/** Whether a key sends what was written: Enter, by the reader's means of input. */
export function isSubmit(event: KeyboardEvent): boolean {
  if (isComposing(event)) return false;
  return event.key === "Enter" && !event.shiftKey && !event.altKey && !isTouch();
}

/** Touch keyboards have no Shift+Enter, so there Enter is a line break and the button sends. */
function isTouch(): boolean {
  return matchMedia("(pointer: coarse) and (hover: none)").matches;
}
