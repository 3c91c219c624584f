import type { Message } from "../../../lib/protocol/messages.ts";
import { personName } from "../../../lib/ui/shell/names.ts";
import { Question } from "../../shared/question.tsx";
import type { MessageActions } from "./message_actions.ts";

const SHOWN_MAX = 200; // of the text, enough to know it again

/** Asks before a message is deleted: that is not undone. */
export function DeleteQuestion({ actions, message }: { actions: MessageActions; message: Message }) {
  const { chat, asked, changes } = actions;
  const { by, text, seq } = message;
  const whose = by === chat.me.id ? "your" : `${personName(chat.people.users.value.get(by))}'s`;
  const close = () => void (asked.value = undefined);
  const remove = () => {
    changes.change(message, { kind: "delete" });
    close();
    return Promise.resolve();
  };
  return (
    <Question key={seq} title={`Delete ${whose} message?`} yes="Delete" act={remove} onClose={close}>
      <blockquote>{text.slice(0, SHOWN_MAX)}{text.length > SHOWN_MAX && "…"}</blockquote>
      This can't be undone. A "deleted" note stays in its place.
    </Question>
  );
}
