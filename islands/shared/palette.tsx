/** The quick switcher: rooms, people and what one can do, found by any part of their name. */
import fuzzysort from "fuzzysort";
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import type { Chat } from "../../lib/client/stores/chat.ts";
import type { FoundPage } from "../../lib/client/stores/found.ts";
import type { Room, RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import { Avatar } from "../../lib/ui/shell/avatar.tsx";
import { Icon, type IconName } from "../../lib/ui/shell/icon.tsx";
import { participants } from "../../lib/ui/shell/names.ts";
import type { DialogKind } from "./dialogs/dialog_kinds.ts";
import { useFound } from "./use_found.ts";
import { useModal } from "./use_modal.ts";

const SHOWN_MAX = 12;

export interface PaletteProps {
  chat: Pick<Chat, "rooms" | "people" | "members" | "live">;
  /** My id. */
  me: string;
  /** What a room is called: a direct conversation by its people. */
  nameOf(room: string): string;
  go(room: string): void;
  show(kind: DialogKind): void;
  /** Whether I may invite people. */
  mayInvite: boolean;
  onClose(): void;
}

type Hit = RoomSummary | User;

interface Choice {
  id: string;
  /** What it looks like, before its name. */
  face: ComponentChildren;
  label: string;
  detail: string;
  choose(): void;
}

export function Palette(props: PaletteProps) {
  const modal = useModal(props.onClose);
  const wanted = useSignal("");
  const at = useSignal(0);

  const word = wanted.value.trim();
  const hits = useFound<Hit>(word, (query) => lookUp(props, query));
  const all = choices(props, hits.items.value);
  const { choices: found, isMore } = word === ""
    ? { choices: all.slice(0, SHOWN_MAX), isMore: all.length > SHOWN_MAX }
    : ranked(word, all, hits.of.value === word ? hits.items.value : []);
  const notice = isMore || (word !== "" && hits.more.value)
    ? word === "" ? "Type to find others." : "There are more. Keep typing to find them."
    : hits.error.value !== undefined
    ? "Can't reach the server. Showing what is here."
    : found.length === 0 && hits.of.value === word
    ? "No matches."
    : "";
  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    modal.close();
    choice.choose();
  };
  const pressed = (event: KeyboardEvent) => {
    if (event.isComposing || found.length === 0) return;
    if (event.key === "ArrowDown") at.value = (at.value + 1) % found.length;
    else if (event.key === "ArrowUp") at.value = (at.value + found.length - 1) % found.length;
    else if (event.key === "Enter") choose(found[at.value]);
    else return;
    event.preventDefault();
  };
  return (
    <dialog {...modal.props} class="pop palette" aria-label="Jump to a room or person">
      <div class="ask">
        <Icon name="search" />
        <input
          role="combobox"
          aria-expanded="true"
          aria-controls="palette-results"
          aria-activedescendant={found[at.value] ? `palette-${at.value}` : undefined}
          aria-label="Jump to a room or person"
          placeholder="Jump to…"
          autocomplete="off"
          value={wanted.value}
          onInput={(event) => {
            wanted.value = event.currentTarget.value;
            at.value = 0;
          }}
          onKeyDown={pressed}
        />
        <kbd>Esc</kbd>
      </div>
      <div class="list" role="listbox" id="palette-results" aria-label="Results">
        {found.map((it, i) => (
          <div
            key={it.id}
            id={`palette-${i}`}
            class="opt"
            role="option"
            aria-selected={i === at.value}
            onPointerMove={() => at.value = i}
            onClick={() => choose(it)}
          >
            {it.face}
            <span class="grow cut">
              {it.label} <span class="dim">{it.detail}</span>
            </span>
          </div>
        ))}
      </div>
      <p class={notice === "" ? "vh" : "mid opt-h"} role="status">{notice}</p>
    </dialog>
  );
}

/** Asks the server, because a page has not all rooms, and only those people whom it names. */
async function lookUp({ chat }: PaletteProps, query: string): Promise<FoundPage<Hit>> {
  if (query === "") return { items: [], more: false };
  const page = { query, limit: SHOWN_MAX };
  const [{ rooms, more }, people] = await Promise.all([
    chat.live.call("rooms.list", page),
    chat.live.call("users.list", { ...page, active: true }),
  ]);
  return { items: [...rooms, ...people.users], more: more || people.more };
}

function choices({ chat, me, nameOf, go, show, mayInvite }: PaletteProps, hits: readonly Hit[]): Choice[] {
  const known = new Set(chat.rooms.summaries.value.map(({ room }) => room.id));
  const summaries = hits.flatMap((hit) => "room" in hit && !known.has(hit.room.id) ? [hit] : []);
  const people = hits.flatMap((hit) => "handle" in hit ? [[hit.id, hit] as const] : []);
  const users = new Map([...people, ...chat.people.users.value]);
  const face = (user: User) => <Avatar user={user} size="s" presence={chat.people.presence.value.get(user.id)} />;
  const met = new Set<string>();
  const rooms = [...chat.rooms.summaries.value, ...summaries].map((summary) => {
    const { room, joined, unread } = summary;
    const only = onlyPartner(room, chat.members.members.value.get(room.id) ?? [], me);
    const person = users.get(only ?? "");
    if (person) met.add(person.id);
    return {
      id: roomChoice(room.id),
      face: person ? face(person) : <Icon name={iconOf(room)} />,
      label: nameOf(room.id) || room.name,
      detail: unread > 0 ? `${unread} unread` : person ? `@${person.handle}` : aboutRoom(summary),
      rank: unread > 0 ? 0 : joined ? 1 : 2,
      choose() {
        chat.rooms.visited(summary);
        go(room.id);
      },
    };
  });
  const direct = async (user: string) => {
    const { room } = await chat.live.call("rooms.direct", { users: [user] });
    chat.rooms.joined(room);
    go(room.id);
  };
  const others = [...users.values()].filter((it) => it.deactivatedAt === undefined && !met.has(it.id));
  const persons = others.map((it) => ({
    id: userChoice(it.id),
    face: face(it),
    label: it.id === me ? `${it.name} (you)` : it.name,
    detail: `@${it.handle}`,
    choose: () => void direct(it.id).catch(() => show("direct")),
  }));
  const action = (kind: DialogKind, icon: IconName, label: string, detail = "") => (
    { id: `do-${kind}`, face: <Icon name={icon} />, label, detail, choose: () => show(kind) }
  );
  const actions = [
    action("browse_rooms", "hash", "Browse rooms"),
    action("create_room", "plus", "New room"),
    action("direct", "user", "New direct message"),
    action("keys", "keys", "Keyboard", "?"),
    ...mayInvite ? [action("invite", "link", "Invite people")] : [],
  ];
  return [...rooms.sort((a, b) => a.rank - b.rank), ...persons, ...actions];
}

/** The best of them first; what the server found for this very word is among them however it ranks here. */
function ranked(word: string, all: Choice[], hits: readonly Hit[]): { choices: Choice[]; isMore: boolean } {
  const results = fuzzysort.go(word.replace(/^#/, ""), all, { keys: ["label", "detail"], limit: SHOWN_MAX });
  const best = results.map((it) => it.obj);
  const ids = new Set(hits.map((hit) => "room" in hit ? roomChoice(hit.room.id) : userChoice(hit.id)));
  const others = all.filter((it) => ids.has(it.id) && !best.includes(it));
  const isMore = results.total > SHOWN_MAX || best.length + others.length > SHOWN_MAX;
  return { choices: [...best, ...others].slice(0, SHOWN_MAX), isMore };
}

const roomChoice = (id: string) => `room-${id}`;
const userChoice = (id: string) => `user-${id}`;

function aboutRoom({ room, joined }: RoomSummary): string {
  return [joined ? "" : "not joined", room.topic].filter((it) => it !== "").join(" · ");
}

/** The one with whom a direct conversation is; that person has no other line. */
function onlyPartner({ visibility }: Room, members: readonly string[], me: string): string | undefined {
  if (visibility !== "direct" || members.length === 0) return undefined;
  const [only, ...more] = participants(members, me);
  return more.length === 0 ? only : undefined;
}

function iconOf({ visibility }: Room): IconName {
  return visibility === "direct" ? "users" : visibility === "private" ? "lock" : "hash";
}
