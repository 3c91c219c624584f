/** The first pane: workspace, quick switcher, rooms, direct conversations, me. On a phone a drawer (a popover). */
import type { ConnectionProps } from "./connection.tsx";
import type { User } from "../../protocol/users.ts";
import { Icon, Mark } from "./icon.tsx";
import { MeBar } from "./me_bar.tsx";
import { ArchivedList, Count, DirectList, isPlain, RoomList, type RoomListProps } from "./room_list.tsx";
import { SIDEBAR_ID, SidebarCloser } from "./sidebar_buttons.tsx";

/** The links of the sidebar. Each works without script; with script the island opens the same in place. */
export type SidebarAction = "palette" | "browse_rooms" | "create_room" | "direct" | "invite";

export interface SidebarProps extends Omit<RoomListProps, "me"> {
  workspace: string;
  me: User;
  /** How many entries of my feed are new. */
  unseen: number;
  /** Whether the feed is on screen. */
  isFeed?: boolean;
  connection?: ConnectionProps["connection"];
  isInspecting?: boolean;
  onInspect?(): void;
  onAction?(action: SidebarAction, event: MouseEvent): void;
}

export function Sidebar(props: SidebarProps) {
  const { workspace, me, connection } = props;
  const mayInvite = me.role === "owner" || me.role === "admin";
  const act = (action: SidebarAction) => (event: MouseEvent) => {
    if (isPlain(event)) props.onAction?.(action, event);
  };
  const lists = { ...props, me: me.id };
  return (
    <nav class="side" id={SIDEBAR_ID} popover="auto" aria-label="Workspace">
      <div class="side-head row">
        <button class="ws" type="button" popovertarget="ws-menu">
          <Mark />
          <span class="cut">{workspace}</span>
          <span class="vh">menu</span>
          <Icon name="chev" small />
        </button>
        <div class="pop at-ws" id="ws-menu" popover="auto">
          {mayInvite && (
            <a class="opt" href="/settings#invites" onClick={act("invite")}>
              <Icon name="link" />
              <span class="grow">Invite people</span>
            </a>
          )}
          <a class="opt" href="/rooms" onClick={act("browse_rooms")}>
            <Icon name="hash" />
            <span class="grow">Browse rooms</span>
          </a>
          <a class="opt" href="/rooms#create" onClick={act("create_room")}>
            <Icon name="plus" />
            <span class="grow">New room</span>
          </a>
          <hr />
          <a class="opt" href="/settings">
            <Icon name="user" />
            <span class="grow">Settings</span>
          </a>
        </div>
        <SidebarCloser />
      </div>
      <a
        class="jump"
        href="/rooms"
        aria-keyshortcuts={connection && "Control+K Meta+K"}
        onClick={act("palette")}
      >
        <Icon name="search" small />
        <span>Jump to…</span>
        {connection && <kbd class="scripted" aria-hidden="true">Ctrl K</kbd>}
      </a>
      <div class="scroll">
        <ul class="nav" aria-label="Activity">
          <li>
            <a
              class={props.unseen > 0 ? "new" : undefined}
              href="/feed"
              aria-current={props.isFeed ? "page" : undefined}
            >
              <Icon name="stream" />
              <span class="cut">Feed</span>
              <Count unread={props.unseen} mentions={0} />
            </a>
          </li>
        </ul>
        <div class="nav-h">
          <h2 id="h-rooms">Rooms</h2>
          <a class="ib" href="/rooms" aria-label="Browse or create a room" onClick={act("browse_rooms")}>
            <Icon name="plus" small />
          </a>
        </div>
        <RoomList {...lists} />
        <ArchivedList {...lists} />
        <div class="nav-h">
          <h2 id="h-direct">Direct messages</h2>
          <a class="ib" href="/rooms#people" aria-label="New direct message" onClick={act("direct")}>
            <Icon name="plus" small />
          </a>
        </div>
        <DirectList {...lists} />
      </div>
      <MeBar me={me} connection={connection} isOpen={props.isInspecting} onOpen={props.onInspect} />
    </nav>
  );
}
