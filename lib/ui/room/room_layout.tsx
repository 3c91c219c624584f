/**
 * The room page's three panes, put together the same way on both sides: the server renders it into `Island`, and the
 * island hydrates it with the same parts.
 */
import type { ComponentChildren } from "preact";

export interface RoomLayoutProps {
  /** A `Sidebar`. */
  side: ComponentChildren;
  /** A `RoomBar`. */
  bar: ComponentChildren;
  /** A `Banner`, while there is something to say. */
  banner?: ComponentChildren;
  /** A `MessageLog`. */
  log: ComponentChildren;
  /** A `Dock`. */
  dock: ComponentChildren;
  /** A `MembersPane`, while it is open. */
  pane?: ComponentChildren;
  /** What floats: announcer, palette, dialogs. */
  children?: ComponentChildren;
}

export function RoomLayout({ side, bar, banner, log, dock, pane, children }: RoomLayoutProps) {
  return (
    <>
      <a class="skip" href="#compose">Skip to the message field</a>
      {side}
      <main class="main" id="main">
        {bar}
        {banner}
        {log}
        {dock}
      </main>
      {pane}
      {children}
    </>
  );
}
