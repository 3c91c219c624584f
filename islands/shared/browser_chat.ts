/** The chat of this page: `lib/client` given the browser's socket, clock, chance and storage. */
import { browserClock } from "../../lib/client/connection/clock.ts";
import { randomKey } from "../../lib/client/connection/random_key.ts";
import { onWake } from "../../lib/client/connection/wake.ts";
import { type Chat, type ChatDeps, createChat } from "../../lib/client/stores/chat.ts";
import { createOutboxStorage } from "../../lib/client/stores/outbox_storage.ts";
import { createWsTransport } from "../../lib/client/transports/ws.ts";
import { createBrowserLive } from "./browser_live.ts";
import { importAgain } from "./import_again.ts";

/** Takes what the page came with. */
export function createBrowserChat(
  { me, rooms, moreRooms, users, unseen }: Pick<ChatDeps, "me" | "rooms" | "moreRooms" | "users" | "unseen">,
): Chat {
  const chat = createChat({
    ...createBrowserLive({ me: me.id, preferred: createWsTransport(location.origin, me.id) }),
    me,
    rooms,
    moreRooms,
    users,
    unseen,
    newKey: randomKey,
    storage: createOutboxStorage(() => openOutbox(me.id)),
  });
  onWake(browserClock, window, () => void chat.live.wake());
  addEventListener("pagehide", () => chat.reads.flush());
  return chat;
}

async function openOutbox(me: string) {
  const it = await importAgain("outbox_database", () => import("../../lib/client/stores/outbox_database.ts"));
  return it.openOutbox(me);
}
