import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { Message } from "../../../lib/protocol/messages.ts";
import { personName } from "../../../lib/ui/shell/names.ts";
import { Dialog } from "../../shared/dialog.tsx";
import { useCommand } from "../../shared/use_command.ts";
import type { MessageActions } from "./message_actions.ts";
import { emojiOf } from "./emojis.ts";

const PAGE = 50;

/** Everybody who reacted, by emoji. */
export function Reactors({ actions, message }: { actions: MessageActions; message: Message }) {
  const close = () => void (actions.asked.value = undefined);
  return (
    <Dialog id="reactors" title="Reactions" onClose={close}>
      {Object.entries(message.reactions).map(([emoji, { count }]) => (
        <People key={emoji} actions={actions} message={message} emoji={emoji} count={count} />
      ))}
    </Dialog>
  );
}

function People(
  { actions, message, emoji, count }: { actions: MessageActions; message: Message; emoji: string; count: number },
) {
  const { chat } = actions;
  const { room, seq } = message;
  const people = useSignal<readonly string[]>([]);
  const isMore = useSignal(false);
  const { busy, error, run } = useCommand();
  const load = () =>
    run(async () => {
      const { users, more } = await chat.live.call("messages.reactors", {
        room,
        seq,
        emoji,
        limit: PAGE,
        after: people.peek().at(-1),
      });
      chat.people.need(users);
      people.value = [...people.peek(), ...users];
      isMore.value = more;
    });
  useEffect(() => void load(), []);
  const { name } = emojiOf(emoji);
  const id = `reactors-${name.replaceAll(" ", "-")}`;
  return (
    <section aria-labelledby={id}>
      <h3 class="row" id={id}>
        <span aria-hidden={name !== emoji}>{emoji}</span>
        {name !== emoji && <span>{name}</span>}
        <span class="num">{count}</span>
      </h3>
      <ul class="names">
        {people.value.map((user) => (
          <li key={user}>
            {personName(chat.people.users.value.get(user))}
            {user === chat.me.id && " (you)"}
          </li>
        ))}
      </ul>
      {isMore.value && (
        <button class="btn" type="button" aria-disabled={busy.value} onClick={load}>
          More <span class="vh">who reacted with {name}</span>
        </button>
      )}
      {error.value && <p class="bad" role="alert">{error.value}</p>}
    </section>
  );
}
