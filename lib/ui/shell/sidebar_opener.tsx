/** Opens the sidebar where the window is too narrow to show it, and says what is unread in it. */
import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";
import { SIDEBAR_ID } from "./sidebar.tsx";

/** `unread` is a number of rooms. */
export function SidebarOpener({ unread = 0 }: { unread?: number }) {
  return (
    <button
      class="ib narrow"
      type="button"
      popovertarget={SIDEBAR_ID}
      aria-label={unread > 0 ? `Open sidebar, ${counted(unread, "room")} unread` : "Open sidebar"}
    >
      <Icon name="menu" />
    </button>
  );
}
