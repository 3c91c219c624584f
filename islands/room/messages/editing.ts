/** Which of my messages is being edited, and where the focus goes when that ends. */
import { type ReadonlySignal, signal } from "@preact/signals";
import type { Message } from "../../../lib/protocol/messages.ts";
import type { Drafts } from "../../../lib/client/stores/drafts.ts";

interface Place {
  room: string;
  seq: number;
}

export interface Editing {
  at: ReadonlySignal<Place | undefined>;
  /** `from` is where the focus is, and where it goes back to. */
  begin(message: Message, from: "message" | "composer"): void;
  /** True once after `begin`: coming back to an edit that was left takes no focus. */
  takeFocus(): boolean;
  /** The edited text that was not saved, also from before the page was left, and the text that it began with. */
  draft(message: Message): { text: string; base: string };
  write(message: Message, draft: { text: string; base: string }): void;
  /** The draft is done with: saved or given up. */
  end(message: Message): void;
  /** The message is not there any more: whoever wrote goes on in the composer. */
  lose(message: Message): void;
}

export function createEditing({ drafts }: { drafts: Drafts }): Editing {
  const at = signal<Place | undefined>(undefined);
  let from: "message" | "composer" = "message";
  let wantsFocus = false;
  const nameOf = ({ room, seq }: Message) => `${room}/${seq}`;
  const baseOf = (message: Message) => `${nameOf(message)}/base`;
  function drop(message: Message) {
    drafts.set(nameOf(message), "");
    drafts.set(baseOf(message), "");
  }
  return {
    at,
    begin({ room, seq }, began) {
      from = began;
      wantsFocus = true;
      at.value = { room, seq };
    },
    takeFocus() {
      const is = wantsFocus;
      wantsFocus = false;
      return is;
    },
    draft(message) {
      const text = drafts.get(nameOf(message));
      const base = drafts.get(baseOf(message)) || message.text;
      return text === "" ? { text: message.text, base: message.text } : { text, base };
    },
    write(message, { text, base }) {
      if (text === message.text) return drop(message);
      drafts.set(nameOf(message), text);
      drafts.set(baseOf(message), base);
    },
    end(message) {
      drop(message);
      at.value = undefined;
      const row = document.querySelector<HTMLElement>(`[data-row="${message.seq}"]`);
      const composer = document.getElementById("compose");
      (from === "composer" && composer ? composer : row)?.focus({ preventScroll: true });
    },
    lose(message) {
      drop(message);
      at.value = undefined;
      if (document.activeElement?.closest(".edit")) document.getElementById("compose")?.focus({ preventScroll: true });
    },
  };
}
