/** What a page reads of storage: few waves of reads that wait for one another, and few keys, whatever is new. */
import assert from "node:assert/strict";
import { inWaves } from "../support/waves.ts";
import { type AppCase, cookieOf, PASSWORD, withApp } from "./with_app.ts";

const LINES = 20; // in each room, each a mention: all with those of the news are fewer than are counted
const HANDLE = "ann";

interface Site {
  /** Of each page, by name. */
  paths: Record<string, string>;
  cookie: string;
  /** Somebody else mentions the person in every room. */
  tell(): Promise<void>;
}

/** A person in rooms of each kind, with something new in all of them, with one message that was reacted to in each. */
async function makeSite({ call, setUp }: AppCase): Promise<Site> {
  const owner = await setUp();
  async function act<T>(name: string, body: unknown, cookie: string): Promise<T> {
    const response = await call(name, body, { cookie });
    assert.equal(response.status, 200, `${name}: ${await response.clone().text()}`);
    return await response.json();
  }
  interface Made {
    room: { id: string };
    message: { seq: number };
    invite: string;
    user: { id: string };
  }
  const { invite } = await act<Made>("invites.create", { uses: 1 }, owner.cookie);
  const signUp = await call("auth.signUp", { invite, name: "Ann", handle: HANDLE, password: PASSWORD });
  const ann = { id: (await signUp.json()).user.id, cookie: cookieOf(signUp) };
  const rooms: Record<string, string> = {};
  for (const visibility of ["public", "private"] as const) {
    const { room } = await act<Made>("rooms.create", { name: visibility, visibility }, owner.cookie);
    rooms[visibility] = room.id;
    await act("rooms.addMember", { room: room.id, user: ann.id }, owner.cookie);
  }
  rooms.direct = (await act<Made>("rooms.direct", { users: [ann.id] }, owner.cookie)).room.id;
  const visited = await act<Made>("rooms.create", { name: "visited", visibility: "public" }, owner.cookie);
  rooms.visited = visited.room.id;
  let count = 0;
  const seqs: number[] = [];
  async function tell() {
    for (const room of Object.values(rooms)) {
      const key = `page-waves-${String(++count).padStart(10, "0")}`;
      const { message } = await act<Made>(
        "messages.send",
        { room, text: `@${HANDLE} line ${count}`, key },
        owner.cookie,
      );
      seqs.push(message.seq);
    }
  }
  for (let line = 0; line < LINES; line++) await tell();
  for (const [at, room] of Object.values(rooms).entries()) {
    await act("messages.react", { room, seq: seqs.at(at - Object.keys(rooms).length), emoji: "👍" }, owner.cookie);
  }
  return {
    tell,
    cookie: ann.cookie,
    paths: {
      ...Object.fromEntries(Object.entries(rooms).map(([name, room]) => [name, `/rooms/${room}`])),
      permalink: `/rooms/${rooms.private}/${seqs[5]}`,
      members: `/rooms/${rooms.private}?pane=members`,
      feed: "/feed",
      everything: "/feed?view=everything",
      "feed of a room": `/feed?room=${rooms.private}`,
      settings: "/settings",
      browse: "/rooms",
    },
  };
}

/** How many waves, and keys and ranges, a page may take: of one that was read before, and of one with news in all rooms. */
const settings = [
  { where: "in one process", shared: false, again: { waves: 4, keys: 20 }, news: { waves: 4, keys: 30 } },
  {
    where: "where other processes write too",
    shared: true,
    again: { waves: 9, keys: 50 },
    news: { waves: 10, keys: 60 },
  },
];

for (const { where, shared, again, news } of settings) {
  Deno.test(`a page is read in at most ${again.waves} waves, ${where}`, async () => {
    let during: ReturnType<typeof inWaves>["during"] | undefined;
    await withApp(async (it) => {
      const { paths, cookie, tell } = await makeSite(it);
      const read = async (path: string) => {
        const response = await it.ask(path, { headers: { cookie, accept: "text/html" } });
        assert.equal(response.status, 200, path);
        await response.text();
      };
      for (const [name, path] of Object.entries(paths)) {
        await read(path);
        for (const [what, most] of [["again", again], ["with news", news]] as const) {
          if (what === "with news") await tell();
          const waves = await during?.(() => read(path)) ?? [];
          const told = `${name}, ${what}:\n${waves.map((keys) => keys.join("  ")).join("\n")}`;
          assert.ok(waves.length > 0 && waves.length <= most.waves, `${waves.length} waves of ${told}`);
          assert.ok(waves.flat().length <= most.keys, `${waves.flat().length} keys of ${told}`);
        }
      }
    }, {
      shared,
      over: (db) => {
        const waves = inWaves(db);
        during = waves.during;
        return waves.db;
      },
    });
  });
}
