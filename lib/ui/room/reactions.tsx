import { useContext } from "preact/hooks";
import type { Message } from "../../protocol/messages.ts";
import { Icon } from "../shell/icon.tsx";
import { InnerStop } from "./inner_stop.ts";

type Reaction = Message["reactions"][string];

export interface ReactionsProps {
  message: Message;
  /** My id. */
  me: string;
  /** The names of those who reacted so, in a sentence's form. */
  who?(reaction: Reaction): string;
  /** Reacts, or takes it back; without an emoji it asks for one. Left out if I may not react, and without script. */
  onReact?(message: Message, emoji?: string): void;
}

/** Totals by emoji, each a button that adds mine or takes it back. */
export function Reactions(props: ReactionsProps) {
  const { message, onReact } = props;
  const tabIndex = useContext(InnerStop);
  const all = Object.entries(message.reactions);
  if (all.length === 0) return null;
  return (
    <div class="reacts" role="group" aria-label="Reactions">
      {all.map(([emoji, reaction]) => <One key={emoji} {...props} emoji={emoji} reaction={reaction} />)}
      {onReact && (
        <button type="button" aria-label="Add reaction" tabIndex={tabIndex} onClick={() => onReact(message)}>
          <Icon name="smile" small />
        </button>
      )}
    </div>
  );
}

function One(props: ReactionsProps & { emoji: string; reaction: Reaction }) {
  const { emoji, reaction, message, me, who, onReact } = props;
  const tabIndex = useContext(InnerStop);
  const isMine = reaction.users.includes(me);
  const shown = (
    <>
      {emoji} <span class="num">{reaction.count}</span>
    </>
  );
  // It is no button if it does nothing: a page without script has no dead buttons.
  if (!onReact) return <span>{shown}</span>;
  return (
    <button
      type="button"
      aria-pressed={isMine}
      aria-label={`${emoji}, ${reaction.count}${isMine ? ", including you" : ""}`}
      title={who?.(reaction)}
      tabIndex={tabIndex}
      onClick={() => onReact(message, emoji)}
    >
      {shown}
    </button>
  );
}
