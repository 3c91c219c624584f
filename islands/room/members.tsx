/** What the members pane asks the server: who is found by a name, and who comes and goes. */
import { signal } from "@preact/signals";
import { mayManage } from "../../lib/model/may_manage.ts";
import type { User } from "../../lib/protocol/users.ts";
import { type MemberParts, Person } from "../../lib/ui/room/members_pane.tsx";
import type { RoomHandlers } from "../../lib/ui/room/room_screen.tsx";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import { Question } from "../shared/question.tsx";
import { ShowMore } from "../shared/dialogs/show_more.tsx";
import { byName, usePeople } from "../shared/dialogs/use_people.ts";
import { useCommand } from "../shared/use_command.ts";
import type { RoomView } from "./room_view.ts";

export function createMemberParts(view: RoomView, { message }: Pick<RoomHandlers, "message">): MemberParts {
  const { chat } = view;
  const here = () => chat.current.value?.room ?? "";
  const known = () => chat.members.members.value.get(here()) ?? [];
  const isAdmin = () => ["owner", "admin"].includes(chat.me.role);
  /** Who is about to be removed. Asked beside the list, since the person's row may be gone before the answer is. */
  const asked = signal<User | undefined>(undefined);

  function Remove({ user }: { user: User }) {
    const summary = view.summary.value;
    const mayRemove = summary?.joined && summary.room.visibility !== "direct" &&
      summary.room.archivedAt === undefined && mayManage(summary, chat.me);
    if (!mayRemove || user.id === chat.me.id) return null;
    return (
      <button
        class="ib"
        type="button"
        aria-label={`Remove ${user.name}`}
        title="Remove"
        onClick={() => void (asked.value = user)}
      >
        <Icon name="x" small />
      </button>
    );
  }

  function RemoveQuestion({ user }: { user: User }) {
    const close = () => void (asked.value = undefined);
    const room = here();
    const remove = async () => {
      await chat.live.call("rooms.removeMember", { room, user: user.id });
      chat.members.left(room, user.id);
      close();
    };
    return (
      <Question title={`Remove ${user.name} from ${view.ref.value}?`} yes="Remove" act={remove} onClose={close}>
        {view.summary.value?.room.visibility === "private"
          ? "They'll need someone to add them back."
          : "They can join again."}
      </Question>
    );
  }

  function Found({ word }: { word: string }) {
    // Somebody who is added or removed is in the other list then.
    const inside = usePeople(chat, word, { inside: here() }, known().length);
    const people = byName(inside.items.value);
    return (
      <>
        <ul class="people" aria-label="Members">
          {people.map((user) => (
            <Person
              key={user.id}
              user={user}
              online={view.presence.value.get(user.id)}
              isMe={user.id === chat.me.id}
              onMessage={() => message(user.id)}
            >
              <Remove user={user} />
            </Person>
          ))}
        </ul>
        <ShowMore found={inside} shown={people.length} what="members" />
      </>
    );
  }

  function Outside({ word }: { word: string }) {
    const summary = view.summary.value;
    const may = summary?.joined && summary.room.visibility !== "direct" && summary.room.archivedAt === undefined;
    return (
      <>
        {may && <Others key={summary.room.id} room={summary.room.id} word={word} />}
        {asked.value && <RemoveQuestion user={asked.value} />}
      </>
    );
  }

  function Others({ room, word }: { room: string; word: string }) {
    const outside = usePeople(chat, word, { outside: room, active: true }, known().length);
    const { busy, error, run } = useCommand();
    const people = byName(outside.items.value);
    const add = (user: string) =>
      run(async () => {
        await chat.live.call("rooms.addMember", { room, user });
        chat.members.joined(room, user);
      });
    if (outside.of.value === "" && people.length === 0) return <Everybody />;
    return (
      <section aria-labelledby="outside">
        <h3 class="opt-h" id="outside">Not in this room</h3>
        {error.value && <p class="bad opt-h" role="alert">{error.value}</p>}
        <ul class="people" aria-labelledby="outside">
          {people.map((user) => (
            <Person key={user.id} user={user}>
              <button class="btn" type="button" aria-disabled={busy.value} onClick={() => add(user.id)}>
                Add <span class="vh">{user.name}</span>
              </button>
            </Person>
          ))}
        </ul>
        <ShowMore found={outside} shown={people.length} what="people who can be added" />
      </section>
    );
  }

  function Everybody() {
    return (
      <div class="opt-h">
        <p class="mid">
          Everyone in the workspace is in this room.{!isAdmin() && " Ask an admin to invite more people."}
        </p>
        {isAdmin() && (
          <button class="btn" type="button" onClick={() => void (view.overlay.value = "invite")}>Invite people</button>
        )}
      </div>
    );
  }

  return { Found, Remove, Outside };
}
