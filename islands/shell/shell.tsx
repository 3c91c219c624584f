/** The pages beside rooms and feed. Their sidebar is live, and what is shown once can be copied. */
import { effect, signal } from "@preact/signals";
import { hydrate } from "preact";
import { titled } from "../../lib/model/room_list.ts";
import { roomName } from "../../lib/ui/shell/names.ts";
import { PAGE_DATA_ID, shellData } from "../../lib/ui/shell/shell_data.ts";
import { createBrowserChat } from "../shared/browser_chat.ts";
import type { Overlay } from "../shared/chat_overlays.tsx";
import { mount as mountCopy } from "../shared/copy.ts";
import { keepCookie } from "../shared/cookies.ts";
import { setTheme, themes } from "../shared/theme.ts";
import { watchPeople } from "../shared/watch_people.ts";
import { ShellApp } from "./shell_app.tsx";
import type { ShellView } from "./shell_view.ts";

const root = document.querySelector<HTMLElement>("[data-island=shell]");
if (root) mount(root);
for (const field of document.querySelectorAll<HTMLElement>("[data-island=copy]")) mountCopy(field);

function mount(root: HTMLElement): void {
  const data = shellData.parse(JSON.parse(document.getElementById(PAGE_DATA_ID)?.textContent ?? ""));
  const chat = createBrowserChat(data);
  for (const [room, members] of Object.entries(data.members)) chat.members.put(room, members);
  const nameOf = (id: string) => {
    const room = chat.rooms.summary(id)?.room;
    return room ? roomName(room, chat.members.members.value.get(id) ?? [], chat.people.users.value, chat.me.id) : "";
  };
  const view: ShellView = {
    chat,
    data,
    overlay: signal<Overlay | undefined>(undefined),
    unopened: signal<string | undefined>(undefined),
    zone: signal(Intl.DateTimeFormat().resolvedOptions().timeZone),
    ref: signal(""),
    nameOf,
    go: (room) => location.assign(`/rooms/${encodeURIComponent(room)}`),
  };
  keepCookie("zone", view.zone.peek());
  hydrate(<ShellApp view={view} />, root);
  chat.start();
  watchPeople(chat);
  effect(() => void (document.title = titled(data.title, chat.rooms.summaries.value)));
  // The answer to a form that was refused: reloaded, it would be sent again.
  if (location.pathname !== data.path) history.replaceState(null, "", data.path);
  bindTheme();
}

/** A theme is set as it is chosen. */
function bindTheme(): void {
  document.querySelector('form[action="/settings/theme"]')?.addEventListener("change", ({ target }) => {
    const theme = target instanceof HTMLInputElement ? themes.find((it) => it === target.value) : undefined;
    if (theme) setTheme(theme);
  });
}
