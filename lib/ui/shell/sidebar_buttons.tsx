/** Open and close the sidebar where the window is too narrow to show it. */
import { counted } from "./format.ts";
import { Icon } from "./icon.tsx";

export const SIDEBAR_ID = "side";

interface SidebarOpenerProps {
  /** What people call it. */
  name?: "sidebar" | "menu";
  /** The number of rooms in it with something unread. */
  unread?: number;
}

export function SidebarOpener({ name = "sidebar", unread = 0 }: SidebarOpenerProps) {
  return (
    <button
      class="ib narrow"
      type="button"
      popovertarget={SIDEBAR_ID}
      aria-label={unread > 0 ? `Open ${name}, ${counted(unread, "room")} unread` : `Open ${name}`}
    >
      <Icon name="menu" />
    </button>
  );
}

export function SidebarCloser({ name = "sidebar" }: Pick<SidebarOpenerProps, "name">) {
  return (
    <button
      class="ib narrow"
      type="button"
      popovertarget={SIDEBAR_ID}
      popovertargetaction="hide"
      aria-label={`Close ${name}`}
    >
      <Icon name="x" />
    </button>
  );
}
