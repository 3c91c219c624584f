/** The room page: takes up what the server rendered, and goes on from there without asking for it again. */
import { effect } from "@preact/signals";
import { hydrate } from "preact";
import { createDrafts } from "../../lib/client/stores/drafts.ts";
import { PAGE_DATA_ID, pageData } from "../../lib/ui/room/page_data.ts";
import { importAgain } from "../shared/import_again.ts";
import { createBrowserChat } from "../shared/browser_chat.ts";
import { createNavigation } from "./navigation.ts";
import { createRoomView } from "./room_view.ts";
import { RoomApp } from "./room_app.tsx";

const root = document.querySelector<HTMLElement>("[data-island=room]");
if (root) void mount(root);

async function mount(root: HTMLElement): Promise<void> {
  const data = pageData.parse(JSON.parse(document.getElementById(PAGE_DATA_ID)?.textContent ?? ""));
  const chat = createBrowserChat(data);
  for (const [room, members] of Object.entries(data.members)) chat.members.put(room, members);
  await chat.open(data.room, data.page);
  const navigation = createNavigation({
    open: chat.open,
    arrived: () => view.arrived(),
    waits: (room) => view.waits(room),
  });
  const view = createRoomView({
    chat,
    data,
    navigation,
    drafts: createDrafts({ me: data.me.id, storage: storage(), onChange: onStorageChange }),
    loadDeferred: async (view) =>
      (await importAgain("room_deferred", () => import("./room_deferred.tsx"))).createDeferred(view),
  });
  hydrate(<RoomApp view={view} />, root);
  chat.start();
  effect(() => void (document.title = view.title.value));
  effect(() => {
    if (chat.live.status.value.state !== "live") return;
    void view.act(); // Wanted soon, but nothing waits for it.
    view.unopened.value = undefined;
    navigation.again();
  });
}

function onStorageChange(run: (change: StorageEvent) => void): () => void {
  addEventListener("storage", run);
  return () => removeEventListener("storage", run);
}

/** Reading the property itself throws where storage is forbidden. */
function storage(): Storage | undefined {
  let found: Storage | undefined;
  try {
    found = localStorage;
  } catch {
    found = undefined;
  }
  return found;
}
