/** The chat of this page: `lib/client` given the browser's socket, clock, chance and storage. */
import { type Chat, createChat } from "../../lib/client/stores/chat.ts";
import { browserClock } from "../../lib/client/connection/clock.ts";
import { createHistory } from "../../lib/client/connection/history.ts";
import { createOutboxStorage } from "../../lib/client/stores/outbox_storage.ts";
import { createPost, createProbe } from "../../lib/client/connection/post.ts";
import { randomKey } from "../../lib/client/connection/random_key.ts";
import { createTransportChoice } from "../../lib/client/connection/transport_choice.ts";
import { createTransportMemory } from "../../lib/client/connection/transport_memory.ts";
import { createWsTransport } from "../../lib/client/transports/ws.ts";
import { onWake } from "../../lib/client/connection/wake.ts";
import type { RoomSummary } from "../../lib/protocol/rooms.ts";
import type { User } from "../../lib/protocol/users.ts";
import { importAgain } from "../shared/import_again.ts";

export interface BrowserChatDeps {
  me: User;
  rooms: readonly RoomSummary[];
  users: readonly User[];
  unseen: number;
}

export function createBrowserChat({ me, rooms, users, unseen }: BrowserChatDeps): Chat {
  const web = { me: me.id, fetch: (path: string, init: RequestInit) => fetch(path, init) };
  const probe = createProbe(web);
  const history = createHistory(browserClock);
  const preferred = createWsTransport(location.origin, me.id);
  const chat = createChat({
    me,
    rooms,
    users,
    unseen,
    transport: createTransportChoice({
      preferred,
      probe,
      clock: browserClock,
      random: Math.random,
      memory: createTransportMemory(() => localStorage, Date.now),
      load: async () => {
        const { createBrowserFallback } = await importAgain(() => import("../shared/browser_poll.ts"));
        return createBrowserFallback(web, preferred, history);
      },
      history,
    }),
    probe,
    history,
    post: createPost(web),
    clock: browserClock,
    random: Math.random,
    newKey: randomKey,
    storage: createOutboxStorage(me.id, importAgain),
  });
  onWake(browserClock, window, () => void chat.live.wake());
  addEventListener("pagehide", () => chat.reads.flush());
  return chat;
}
