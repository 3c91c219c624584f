/** Two people of one workspace, a server, and a browser for both: what tests of the room page begin with. */
import type { Browser } from "playwright-core";
import type { Message } from "../../lib/protocol/messages.ts";
import { launch } from "../support/browser.ts";
import { type RoomServer, startRoomServer } from "./room_server.tsx";

export interface People {
  server: RoomServer;
  browser: Browser;
  /** Their cookies. Ann came first. */
  ann: string;
  bo: string;
  /** Sends a message, to the lobby unless a room is given. */
  say(cookie: string, text: string, room?: string): Promise<Message>;
}

/** Runs `body`; server and browser are gone afterwards, whatever happened. */
export async function withPeople(body: (people: People) => Promise<void>): Promise<void> {
  const server = await startRoomServer();
  let browser: Browser | undefined;
  try {
    browser = await launch();
    let sends = 0;
    const say: People["say"] = async (cookie, text, room = server.lobby) => {
      const key = `key-of-message-${String(++sends).padStart(6, "0")}`;
      return (await server.call(cookie, "messages.send", { room, text, key })).message;
    };
    await body({ server, browser, ann: await server.join("ann"), bo: await server.join("bo"), say });
  } finally {
    await browser?.close();
    await server.stop();
  }
}
