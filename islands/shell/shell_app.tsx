import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { nextRoom } from "../../lib/model/room_list.ts";
import { ShellSide, sideOf } from "../../lib/ui/shell/shell_side.tsx";
import { closeDrawer } from "../shared/drawer.ts";
import { closeLeft } from "../shared/close_left.ts";
import { followSection } from "./current_section.ts";
import { ChatOverlays } from "../shared/chat_overlays.tsx";
import { importAgain } from "../shared/import_again.ts";
import { bindRoomSteps } from "../shared/room_steps.ts";
import { bindSingleKeys } from "../shared/single_keys.ts";
import { bindSwitcher } from "../shared/switcher_key.ts";
import type { ShellView } from "./shell_view.ts";

type Deferred = typeof import("./shell_deferred.tsx");

export function ShellApp({ view }: { view: ShellView }) {
  const { chat, data, overlay } = view;
  const { rooms, people, members, live, unseen } = chat;
  const deferred = useSignal<Deferred | undefined>(undefined);
  const section = useSignal<string | undefined>(undefined);

  useEffect(() => {
    const open = (it: "palette" | "keys") => () => void (overlay.value = it);
    const scroller = document.querySelector<HTMLElement>("main .scroll");
    const ends = [
      scroller ? followSection(scroller, (id) => void (section.value = id)) : () => {},
      closeLeft(document),
      bindSwitcher(document, open("palette")),
      bindSingleKeys(document, { help: open("keys"), jump: open("palette") }),
      bindRoomSteps(document, (step, unreadOnly) => {
        const next = nextRoom(rooms.summaries.peek(), undefined, step, unreadOnly);
        if (next !== undefined) view.go(next);
      }),
    ];
    void importAgain("shell_deferred", () => import("./shell_deferred.tsx")).then((it) => {
      it.follow(view);
      deferred.value = it;
    }, () => {}); // Without a network the page is as the server made it.
    return () => ends.forEach((end) => end());
  }, []);
  const Deferred = deferred.value;
  return (
    <>
      <ShellSide
        {...sideOf(data)}
        me={chat.me}
        summaries={rooms.summaries.value}
        moreRooms={rooms.more.value}
        users={people.users.value}
        members={members.members.value}
        presence={people.presence.value}
        connection={live.status.value}
        unseen={unseen.count.value}
        isInspecting={overlay.value === "inspector"}
        onInspect={() => void (overlay.value = overlay.peek() === "inspector" ? undefined : "inspector")}
        onAction={(action, event) => {
          event.preventDefault();
          closeDrawer();
          overlay.value = action;
        }}
        section={section.value}
        onSection={closeDrawer}
      />
      <ChatOverlays view={view} />
      {overlay.value === "inspector" && Deferred && <Deferred.Inspector inspected={Deferred.inspectChat(view)} />}
    </>
  );
}
