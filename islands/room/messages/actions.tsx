/** The actions on the messages of the room on screen. */
import { computed, effect, signal } from "@preact/signals";
import { createChanges } from "../../../lib/client/stores/changes.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import { mayManage } from "../../../lib/model/may_manage.ts";
import type { MessageParts } from "../../../lib/ui/room/message_item.tsx";
import { personName, standingIn } from "../../../lib/ui/shell/names.ts";
import type { RoomView } from "../room_view.ts";
import { DeleteQuestion } from "./delete_question.tsx";
import { createEditing } from "./editing.ts";
import { Editor } from "./editor.tsx";
import type { Abilities, Asked, MessageActions } from "./message_actions.ts";
import { Note } from "./note.tsx";
import { quoteOf } from "../../../lib/model/quote.ts";
import { Picker } from "./picker.tsx";
import { Reactors } from "./reactors.tsx";
import { Tools } from "./tools.tsx";
import { createUsedEmojis } from "./used_emojis.ts";

const NAMED_MAX = 10; // people, in what a reaction says when it is pointed at

export function createMessageActions(view: RoomView): MessageActions {
  const { chat } = view;
  const { me, people, current } = chat;
  const changes = createChanges({ me: me.id, call: chat.live.call, taken: chat.put });
  const picking = signal<number | undefined>(undefined);
  const asked = signal<Asked | undefined>(undefined);
  const editing = createEditing(view);
  const used = createUsedEmojis(me.id);
  /** Tells that an edit has ended because its message was deleted. */
  const said = signal("");

  effect(() => changes.settle(current.value?.window.value.messages ?? []));
  effect(() => {
    if (current.value) picking.value = asked.value = undefined; // These belong to the room that was on screen before.
  });

  effect(() => {
    const at = editing.at.value;
    if (!at) return;
    said.value = "";
    const all = current.value?.room === at.room ? current.value.window.value.messages : [];
    const message = all.find((it) => it.seq === at.seq);
    if (message?.deletedAt === undefined) return;
    editing.lose(message);
    said.value = "The message you were editing was deleted.";
  });

  function abilities(message: Message): Abilities {
    const summary = view.summary.value;
    const isMine = message.by === me.id;
    const isThere = message.deletedAt === undefined && summary?.room.archivedAt === undefined;
    const isMember = summary !== undefined && standingIn(summary) === "member";
    const manages = summary !== undefined && mayManage(summary, chat.me);
    return {
      react: isThere && isMember,
      edit: isThere && isMember && isMine,
      remove: isThere && ((isMember && isMine) || manages),
      markUnread: summary?.joined ?? false,
    };
  }

  const actions: MessageActions = {
    chat,
    changes,
    editing,
    used,
    picking,
    asked,
    state: computed(() => {
      const room = current.value?.room;
      const own = changes.all.value.filter((it) => it.room === room);
      // Of several changes of one message the failed one is shown; a pending reaction is no state of its message.
      const shown = own.filter((it) => it.state === "failed" || it.mutation.kind === "edit")
        .sort((a, b) => a.state < b.state ? 1 : -1);
      return {
        parts,
        editing: editing.at.value?.room === room ? editing.at.value?.seq : undefined,
        picking: picking.value,
        changes: new Map(shown.map((it) => [it.seq, it.state])),
      };
    }),
    abilities,
    react(message, emoji) {
      if (!abilities(message).react) return;
      picking.value = emoji === undefined ? message.seq : undefined;
      if (emoji === undefined) return;
      if (!message.reactions[emoji]?.users.includes(me.id)) used.use(emoji);
      void changes.toggle(message, emoji);
    },
    reply(message) {
      if (!abilities(message).react) return;
      const isCalled = message.by !== me.id && view.summary.peek()?.room.visibility !== "direct";
      view.writer.peek()?.insert(
        quoteOf(message.text, isCalled ? people.users.peek().get(message.by)?.handle : undefined),
      );
    },
    editLast() {
      const all = changes.shown(current.peek()?.window.peek().messages ?? []);
      const last = all.findLast((it) => it.by === me.id && it.deletedAt === undefined);
      if (last && abilities(last).edit) editing.begin(last, "composer");
    },
    Asks: () => (
      <>
        <p class="vh" role="status">{said.value}</p>
        {asked.value?.kind === "delete" && <DeleteQuestion actions={actions} message={asked.value.message} />}
        {asked.value?.kind === "reactors" && <Reactors actions={actions} message={asked.value.message} />}
      </>
    ),
  };

  const parts: MessageParts = {
    Tools: ({ message }) => <Tools actions={actions} message={message} />,
    Editor: ({ message }) => <Editor key={message.seq} actions={actions} message={message} />,
    Picker: ({ message }) => <Picker actions={actions} message={message} />,
    Note: ({ message }) => <Note changes={changes} message={message} />,
    who({ count, users }) {
      const others = users.filter((id) => id !== me.id).map((id) => personName(people.users.value.get(id)));
      const names = [...(users.includes(me.id) ? ["You"] : []), ...others].slice(0, NAMED_MAX);
      const rest = count - names.length;
      const last = rest > 0 ? `${rest} more` : names.pop();
      return [names.join(", "), last].filter(Boolean).join(" and ");
    },
  };
  return actions;
}
