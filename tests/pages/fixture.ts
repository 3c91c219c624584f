/** A workspace as the design's pictures show it: people, rooms and a morning's messages, over the real services. */
import { createApp } from "../../routes/app.tsx";
import { newKey, type Person, withWorkspace, type Workspace } from "../support/services.ts";

export const ORIGIN = "http://localhost";
const MINUTE_MS = 60_000;
/** Tuesday 25 November 2025, 09:12 UTC: the day after the workspace was set up. */
const MORNING = Date.UTC(2025, 10, 25, 9, 12);

const CODE = `\`\`\`ts
export async function readStage(pin: Pin, window = 40) {
  const first = await pin.read();
  await delay(window); // the flag is still set here
  return first === await pin.read() ? first : null;
}
\`\`\``;

const talk: [string, number, string][] = [
  ["maren", 0, "Morning. Alder Beck came back at 06:40 after the battery swap, and there is **no gap** in the series."],
  ["maren", 1, "Water is 20 cm up on last week."],
  ["ilya", 8, "> no gap in the series\n\nConfirmed from my side. Backfill replayed 412 samples from flash, in order."],
  ["priya", 19, "New rating curve for the lower weir. The high end is a guess until we get a flood."],
  ["jun", 24, "Worth a read before we pick the window: https://fieldkit.example/notes/debounce"],
  ["jun", 26, "- 40 ms is fine on the bench\n- and wrong in a beck\n- so measure *there*"],
  ["owner", 27, "Will do this afternoon, the van is free from two."],
];
const later: [string, number, string][] = [
  [
    "tomas",
    32,
    "@owner can you look at the debounce in the float switch? I think we read the pin before the interrupt clears `STAGE_RDY`.",
  ],
  ["tomas", 33, CODE],
  ["ilya", 35, "Two reads, one edge."],
];

export interface Fixture {
  workspace: Workspace;
  people: Record<string, Person>;
  gauges: string;
  /** Sends as a browser would: with Origin, and the person's cookie. */
  ask(path: string, init?: RequestInit & { as?: Person }): Promise<Response>;
}

/** A form's body and headers. */
export function form(fields: Record<string, string>): RequestInit {
  return {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded", origin: ORIGIN },
    body: new URLSearchParams(fields).toString(),
  };
}

export async function withFixture(body: (fixture: Fixture) => Promise<void>): Promise<void> {
  await withWorkspace(async (workspace) => {
    const { owner, clock, services } = workspace;
    clock.now = MORNING - MINUTE_MS;
    await owner.call("users.update", { name: "Noor Haddad" });
    await owner.refresh();
    const people: Record<string, Person> = { owner };
    const names = {
      maren: "Maren Holt",
      ilya: "Ilya Brandt",
      priya: "Priya Nair",
      jun: "Jun Watanabe",
      tomas: "Tomás Vega",
    };
    for (const [handle, name] of Object.entries(names)) {
      const person = await workspace.join(handle);
      await person.call("users.update", { name });
      await person.refresh();
      people[handle] = person;
    }
    const topic = "River gauges in the field: readings, batteries, firmware";
    const { room } = await owner.call("rooms.create", { name: "gauges", visibility: "public", topic });
    for (const name of ["field-notes", "firmware", "deploys", "maps"]) {
      await owner.call("rooms.create", { name, visibility: "public" });
    }
    await owner.call("rooms.create", { name: "board", visibility: "private" });
    await people.maren?.call("rooms.create", { name: "lunch", visibility: "public", topic: "What is for lunch" });
    for (const handle of Object.keys(names)) await people[handle]?.call("rooms.join", { room: room.id });
    async function say(who: string, minute: number, text: string, where = room.id) {
      clock.now = MORNING + minute * MINUTE_MS;
      await people[who]?.call("messages.send", { room: where, text, key: newKey() });
    }
    for (const [who, minute, text] of talk) await say(who, minute, text);
    for (const [who, minute, text] of later) await say(who, minute, text);
    for (const who of ["ilya", "priya"]) {
      const direct = await people[who]?.call("rooms.direct", { users: [owner.user.id] });
      if (direct && who === "priya") await say(who, 36, "Lunch at one?", direct.room.id);
    }
    const app = createApp(services);
    await body({
      workspace,
      people,
      gauges: room.id,
      async ask(path, { as, ...init } = {}) {
        const headers = new Headers(init.headers);
        headers.set("host", "localhost");
        if (!headers.has("accept")) headers.set("accept", "text/html");
        if (as) headers.set("cookie", `rivulet_session_80=${as.token}`);
        return await app.request(ORIGIN + path, { ...init, headers });
      },
    });
  });
}
