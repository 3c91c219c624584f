/** What other pages than rooms and feed fetch once live: names, my role as it is now, the icon's dot, the inspector. */
import { followPeople } from "../shared/people_following.ts";
import { keepFavicon } from "../shared/favicon.ts";
import { keepFocus } from "../shared/focus_keeper.ts";
import { followRole } from "./role_sections.ts";
import type { ShellView } from "./shell_view.ts";
export { Inspector } from "../inspector/inspector.tsx";
export { inspectChat } from "../inspector/chat_inspected.ts";

export function follow({ chat, data }: ShellView): void {
  followPeople(chat);
  if (data.path === "/settings") followRole(chat);
  keepFavicon(chat.rooms.forMe);
  keepFocus(document, () => document.querySelector<HTMLElement>("main .scroll"));
}
