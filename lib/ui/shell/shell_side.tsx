/** The first pane of the pages beside rooms and feed, the same on the server and in the browser. */
import { SettingsSide, type SettingsSideProps } from "./settings_side.tsx";
import type { ShellData } from "./shell_data.ts";
import { Sidebar, type SidebarProps } from "./sidebar.tsx";

export interface ShellSideProps extends SidebarProps, Pick<SettingsSideProps, "section" | "onSection"> {
  path: ShellData["path"];
}

export function ShellSide({ path, section, onSection, ...side }: ShellSideProps) {
  if (path === "/rooms") return <Sidebar {...side} />;
  return (
    <SettingsSide
      me={side.me}
      connection={side.connection}
      isOpen={side.isInspecting}
      onOpen={side.onInspect}
      section={section}
      onSection={onSection}
    />
  );
}

/** The sidebar of the page as it was loaded. */
export function sideOf({ me, workspace, path, rooms, moreRooms, members, users, unseen }: ShellData): ShellSideProps {
  return {
    path,
    workspace: workspace.name,
    me: users.find((it) => it.id === me.id) ?? me,
    summaries: rooms,
    moreRooms,
    current: undefined,
    users: new Map(users.map((user) => [user.id, user])),
    members: new Map(Object.entries(members)),
    presence: new Map(),
    connection: { state: "connecting" },
    unseen,
  };
}
