/** The chat of this page: `lib/client` given the browser's socket, clock, chance and storage. */
import { type Chat, createChat } from "../lib/client/chat.ts";
import { browserClock } from "../lib/client/clock.ts";
import { createHistory } from "../lib/client/history.ts";
import { createOutboxStorage } from "../lib/client/outbox_storage.ts";
import { createPost, createProbe } from "../lib/client/post.ts";
import { randomKey } from "../lib/client/random_key.ts";
import { createTransportChoice } from "../lib/client/transport_choice.ts";
import { createTransportMemory } from "../lib/client/transport_memory.ts";
import { createWsTransport } from "../lib/client/transports/ws.ts";
import { onWake } from "../lib/client/wake.ts";
import type { RoomLine } from "../lib/protocol/rooms.ts";
import type { User } from "../lib/protocol/users.ts";
import { importAgain } from "./import_again.ts";

export interface BrowserChatDeps {
  me: User;
  rooms: readonly RoomLine[];
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
        const { createBrowserFallback } = await importAgain(() => import("./browser_fallback.ts"));
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
