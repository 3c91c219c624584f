import { SIDEBAR_ID } from "../../lib/ui/shell/sidebar_buttons.tsx";

/** Closes the sidebar of a phone, once something was chosen in it. */
export function closeDrawer(): void {
  const drawer = document.getElementById(SIDEBAR_ID);
  if (drawer?.matches("[popover]:popover-open")) drawer.hidePopover();
}
