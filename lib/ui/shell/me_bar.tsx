import type { User } from "../../protocol/users.ts";
import { Avatar } from "./avatar.tsx";
import { Connection, type ConnectionProps } from "./connection.tsx";
import { Icon } from "./icon.tsx";

export interface MeBarProps extends Partial<ConnectionProps> {
  me: User;
  // `connection` is left out on pages without a live session.
}

/** My name, my account's menu, and the state of the connection. It needs no script, because the menu is a popover. */
export function MeBar({ me, connection, isOpen, onOpen }: MeBarProps) {
  // While the state is unknown, which it stays without script, nothing is shown.
  const state = connection?.state ?? "connecting";
  return (
    <div class="me">
      <button class="grow" type="button" popovertarget="me-menu">
        <Avatar
          user={me}
          size="m"
          presence={state === "live" ? "online" : state === "connecting" ? undefined : "offline"}
        />
        <span class="cut">
          {me.name}
          <small class="cut">@{me.handle}</small>
        </span>
        <span class="vh">account menu</span>
      </button>
      <div class="pop at-me" id="me-menu" popover="auto">
        <a class="opt" href="/settings">
          <Icon name="user" />
          <span class="grow">Settings</span>
        </a>
        <hr />
        <form method="post" action="/sign-out">
          <button class="opt" type="submit">
            <Icon name="out" />
            <span class="grow">Sign out</span>
          </button>
        </form>
      </div>
      {connection && <Connection connection={connection} isOpen={isOpen} onOpen={onOpen} />}
    </div>
  );
}
