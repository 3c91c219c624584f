import assert from "node:assert/strict";
import { setImmediate } from "node:timers";
import { createFanOut, type Served } from "../../../lib/server/live/streams/fan_out.ts";
import { createSession } from "../../../lib/server/live/live_session.ts";
import { createClient, person, withHub } from "../../support/hub.ts";
import { assertHeard } from "../../support/heard.ts";
import { post, withStorage } from "../../support/storage.ts";

const FEW = ["a", "b", "c", "d", "e", "f"]; // more than are served in a turn
const MANY = Array.from({ length: 100 }, (_, at) => `m${at}`);

/** Rounds, and followers that note when they are served. */
function createService() {
  const served: string[] = [];
  const errors: unknown[] = [];
  const ended: string[] = [];
  const rounds = createFanOut((error) => errors.push(error));

  const follower = (name: string, pumped = () => {}): Served => ({
    pump() {
      served.push(name);
      pumped();
    },
    session: { bye: (reason) => void ended.push(`${name}: ${reason}`) },
  });
  /** `pumped` is what happens while somebody is served. */
  const followers = (names: string[], pumped: Record<string, () => void> = {}) =>
    new Set(names.map((name) => follower(name, pumped[name])));
  /** Who was served, once a turn of the event loop has passed in which nobody was. */
  async function all(): Promise<string[]> {
    let before: number;
    do {
      before = served.length;
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (served.length > before);
    return served;
  }
  return { rounds, served, errors, ended, follower, followers, all };
}

Deno.test("followers are served in the order in which they came, each once, and none before the caller goes on", async () => {
  const { rounds, served, followers, all } = createService();
  rounds.due(followers(FEW));
  rounds.due(followers(["x", "y"]));
  assert.deepEqual(served, []);
  assert.deepEqual(await all(), [...FEW, "x", "y"]);
});

Deno.test("a stream that grows twice before its round is served once; after it, again", async () => {
  const { rounds, followers, all } = createService();
  const room = followers(FEW);
  rounds.due(room);
  rounds.due(room);
  assert.deepEqual(await all(), FEW);
  rounds.due(room);
  assert.deepEqual(await all(), [...FEW, ...FEW]);
});

Deno.test("what becomes due in a round is served in the next, once, and the round goes on to its end", async () => {
  const { rounds, followers, all } = createService();
  let isFirst = true;
  const room = followers(FEW, {
    b() {
      if (!isFirst) return;
      isFirst = false;
      for (const due of [other, room, room]) rounds.due(due);
    },
  });
  const other = followers(["x"]);
  rounds.due(room);
  assert.deepEqual(await all(), [...FEW, "x", ...FEW]);
});

Deno.test("who begins to follow in a round is served in it; who stops is not", async () => {
  const { rounds, follower, followers, all } = createService();
  const [gone, late] = [follower("gone"), follower("late")];
  const room = followers(FEW, {
    b() {
      room.add(late);
      room.delete(gone);
    },
  });
  room.add(gone);
  rounds.due(room);
  assert.deepEqual(await all(), [...FEW, "late"]);
});

Deno.test("a room of a few is served while a round of many is under way", async () => {
  const { rounds, followers, all } = createService();
  rounds.due(followers(MANY));
  rounds.due(followers(FEW));
  const served = await all();
  assert.deepEqual(served.filter((name) => MANY.includes(name)), MANY);
  assert.deepEqual(served.filter((name) => FEW.includes(name)), FEW);
  assert.ok(served.indexOf("f") < served.indexOf("m99"), "the many came first");
});

Deno.test("sockets are heard beside followers that each take a while", () => {
  const { rounds, follower } = createService();
  let goOn = () => {};
  // Each of the many is served again and again, and does a piece of work.
  const room = new Set(MANY.map((name) => follower(name, () => goOn())));
  // Four pieces of a ms between two hearings, of which a ping takes two or three; by `setImmediate` alone 60 and more.
  return assertHeard({
    pieceMs: 1,
    piecesMax: 20,
    next(piece) {
      goOn = piece;
      rounds.due(room);
    },
  });
});

Deno.test("a follower that throws is reported and ended; the others are served, then and later", async () => {
  const { rounds, errors, ended, followers, all } = createService();
  const broken = new Error("broken");
  const room = followers(FEW, {
    b() {
      throw broken;
    },
  });
  rounds.due(room);
  assert.deepEqual(await all(), FEW);
  assert.deepEqual([errors, ended], [[broken], ["b: overloaded"]]);
  rounds.due(followers(["x"]));
  assert.deepEqual(await all(), [...FEW, "x"]);
});

for (const broken of [["events"], ["events", "bye"]]) {
  Deno.test(`a client to which no ${broken.join(" and no ")} can be written is ended, and the room goes on`, () =>
    withStorage(async ({ log }) => {
      await withHub(log, async ({ hub, errors }) => {
        const before = createClient(hub, person("u1"), "h1");
        await before.follows("room:a");
        const followed = Promise.withResolvers<void>();
        const ended: string[] = [];
        const session = createSession({
          hub,
          user: person("u2"),
          id: "s2",
          hash: "h2",
          sink: {
            writable: () => true,
            send({ t }) {
              if (broken.includes(t)) throw new Error(`cannot write ${t}`);
              if (t === "followed") followed.resolve();
            },
            ended: (reason) => ended.push(reason),
          },
        });
        session.follow({ "room:a": "now" });
        await followed.promise;
        const after = createClient(hub, person("u3"), "h3");
        await after.follows("room:a");
        for (let count = 1; count <= 2; count++) {
          await post(log, "room:a");
          for (const client of [before, after]) await client.until(() => client.seqs("room:a").length === count);
        }
        assert.deepEqual(errors.map(String), broken.map((t) => `Error: cannot write ${t}`));
        assert.deepEqual(ended, ["overloaded"]);
        assert.deepEqual(session.positions(), new Map());
        for (const client of [before, after]) client.session.close();
      });
    }));
}
