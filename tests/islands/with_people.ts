/** Two people of one workspace, a server, and a browser for both: what tests of the room page begin with. */
import type { Browser } from "playwright-core";
import { launch } from "../support/browser.ts";
import { type RoomServer, startRoomServer } from "./room_server.tsx";

export interface People {
  server: RoomServer;
  browser: Browser;
  /** Their cookies. Ann came first. */
  ann: string;
  bo: string;
}

/** Runs `body`; server and browser are gone afterwards, whatever happened. */
export async function withPeople(body: (people: People) => Promise<void>): Promise<void> {
  const server = await startRoomServer();
  let browser: Browser | undefined;
  try {
    browser = await launch();
    await body({ server, browser, ann: await server.join("ann"), bo: await server.join("bo") });
  } finally {
    await browser?.close();
    await server.stop();
  }
}
