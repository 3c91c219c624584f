import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Message } from "../../../lib/protocol/messages.ts";
import { Icon, type IconName } from "../../../lib/ui/shell/icon.tsx";
import { personName } from "../../../lib/ui/shell/names.ts";
import type { MessageActions } from "./message_actions.ts";
import { codeOf } from "./code_of.ts";

const QUOTED_MAX = 200; // of the text, more than a line

/** Buttons for what one may do with a message: over its corner, or on touch in a sheet that quotes the message. */
export function Tools({ actions, message }: { actions: MessageActions; message: Message }) {
  const { chat, editing, asked } = actions;
  const copied = useSignal<"link" | "code" | undefined>(undefined);
  const may = actions.abilities(message);
  const { reactions, room, seq } = message;
  // The names that a reaction shows when it is pointed at.
  useEffect(() => chat.people.need(Object.values(reactions).flatMap((it) => it.users)), [reactions]);

  /** The row keeps the focus for when the dialog is closed: its tools are gone by then. */
  const ask = (kind: "delete" | "reactors") => (event: MouseEvent) => {
    const row = event.currentTarget instanceof Element ? event.currentTarget.closest<HTMLElement>("[data-row]") : null;
    row?.focus({ preventScroll: true });
    asked.value = { kind, message };
  };
  const code = codeOf(message.body);
  const copy = (what: "link" | "code", text: string) => () =>
    void navigator.clipboard.writeText(text).then(() => copied.value = what, () => {});
  return (
    <div class="tools" role="group" aria-label="Message actions">
      <header class="row">
        {/* The sheet may cover the message. */}
        <p class="grow cut" aria-hidden="true">
          <b>{personName(chat.people.users.value.get(message.by))}</b> {message.text.slice(0, QUOTED_MAX)}
        </p>
        <button class="ib" type="button" aria-label="Close" onClick={leave}>
          <Icon name="x" />
        </button>
      </header>
      {may.react && <Tool icon="smile" label="React" keys="+" onClick={() => actions.react(message)} />}
      {may.react && <Tool icon="reply" label="Reply" keys="r" onClick={() => actions.reply(message)} />}
      {Object.keys(reactions).length > 0 && <Tool icon="users" label="Who reacted" onClick={ask("reactors")} />}
      {may.edit && <Tool icon="edit" label="Edit" onClick={() => editing.begin(message, "message")} />}
      {may.remove && <Tool icon="trash" label="Delete" onClick={ask("delete")} />}
      {/* Only in secure contexts: elsewhere there is no clipboard. */}
      {isSecureContext && code !== "" && (
        <Tool
          icon={copied.value === "code" ? "check" : "copy"}
          label={copied.value === "code" ? "Code copied" : "Copy code"}
          says
          onClick={copy("code", code)}
        />
      )}
      {isSecureContext && (
        <Tool
          icon={copied.value === "link" ? "check" : "link"}
          label={copied.value === "link" ? "Link copied" : "Copy link"}
          says
          onClick={copy("link", `${location.origin}/rooms/${room}/${seq}`)}
        />
      )}
      {may.markUnread && (
        <Tool
          icon="unread"
          label="Mark unread from here"
          onClick={() => void chat.markUnread(message).catch(() => {})}
        />
      )}
    </div>
  );
}

/** The sheet of a phone goes with the focus. */
function leave() {
  if (document.activeElement instanceof HTMLElement) document.activeElement.blur();
}

interface ToolProps {
  icon: IconName;
  label: string;
  /** The key that does the same on the focused message. */
  keys?: string;
  /** Its label then says that it is done, so a sheet stays for that. */
  says?: boolean;
  onClick(event: MouseEvent): void;
}

function Tool({ icon, label, keys, says, onClick }: ToolProps) {
  return (
    <button
      class="ib"
      type="button"
      tabIndex={-1} // Arrow keys reach it from its message.
      aria-label={label}
      title={keys ? `${label} (${keys})` : label}
      aria-keyshortcuts={keys}
      data-says={says}
      onClick={onClick}
    >
      <Icon name={icon} />
      <span class="lbl" aria-hidden="true">{label}</span>
    </button>
  );
}
