/** The interface of the actions on messages. */
import type { ReadonlySignal, Signal } from "@preact/signals";
import type { FunctionComponent } from "preact";
import type { Changes } from "../../../lib/client/stores/changes.ts";
import type { Chat } from "../../../lib/client/stores/chat.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import type { MessageListActions } from "../../../lib/ui/room/message_log.tsx";
import type { Editing } from "./editing.ts";
import type { UsedEmojis } from "./used_emojis.ts";

/** What I may do with a message. */
export interface Abilities {
  react: boolean;
  edit: boolean;
  remove: boolean;
  markUnread: boolean;
}

export interface Asked {
  kind: "delete" | "reactors";
  message: Message;
}

export interface MessageActions {
  chat: Chat;
  changes: Changes;
  editing: Editing;
  used: UsedEmojis;
  /** The seq of the message that an emoji is being picked for. */
  picking: Signal<number | undefined>;
  /** The open dialog. */
  asked: Signal<Asked | undefined>;
  state: ReadonlySignal<MessageListActions>;
  abilities(message: Message): Abilities;
  /** Reacts, or takes it back; without an emoji one is asked for. */
  react(message: Message, emoji?: string): void;
  /** Quotes it in the field for messages, where I may write. */
  reply(message: Message): void;
  /** Edits my last message. */
  editLast(): void;
  Asks: FunctionComponent;
}
