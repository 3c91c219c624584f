/** Wherever a text that may be slow is sent, edited or shown anew, it is the worker that parses it. */
import assert from "node:assert/strict";
import { QUICK_MAX } from "../../../lib/server/messages/parse.ts";
import { parseBody } from "../../../lib/server/messages/markdown.ts";
import { roomStream } from "../../../lib/protocol/streams.ts";
import { createServices, type Services } from "../../../lib/server/services.ts";
import { newKey, type Person, testConfig, withWorkspace, type Workspace } from "../../support/services.ts";

const FILLING = " *a*".repeat(QUICK_MAX / 2);
const long = (begin: string) => `${begin} here${FILLING}`;

/** Sees the texts that the worker is asked for, and may change them. */
async function withAsked(asked: (text: string) => string, body: () => Promise<void>): Promise<void> {
  const { postMessage } = Worker.prototype;
  Worker.prototype.postMessage = function ({ question, ...rest }: { question: unknown }) {
    postMessage.call(this, { ...rest, question: typeof question === "string" ? asked(question) : question });
  };
  try {
    await body();
  } finally {
    Worker.prototype.postMessage = postMessage;
  }
}

/** In what the worker is asked "here" becomes "there": so a body shows where it was made. */
const marked = (body: () => Promise<void>) => withAsked((text) => text.replace("here", "there"), body);

function assertFromWorker(shown: unknown, what: string): void {
  const json = JSON.stringify(shown);
  assert.ok(json.includes(" there") || json.includes('"there'), `${what} was not parsed by the worker`);
}

/** The same data as a process that was started now sees it: no body is kept. */
async function withCold(
  { services, owner, clock }: Workspace,
  body: (cold: Services, call: Person["call"]) => Promise<void>,
): Promise<void> {
  const cold = await createServices({
    config: testConfig,
    db: { ...services.db, close() {} },
    shared: false,
    now: () => clock.now,
    failed: (error) => assert.fail(String(error)),
  });
  const context = { address: "127.0.0.1", agent: "test", origin: "http://localhost", setSession() {} };
  try {
    await body(cold, (name, fields) => cold.run(name, fields, { ...context, user: owner.user, session: "s1" }));
  } finally {
    cold.close();
  }
}

async function lobbyOf(person: Person): Promise<string> {
  return (await person.call("rooms.list", {})).rooms[0]?.room.id ?? "";
}

Deno.test("a long text that is sent or edited is parsed by the worker, and so is what followers get", () =>
  marked(() =>
    withWorkspace(async ({ owner, services }) => {
      const room = await lobbyOf(owner);
      const published: unknown[] = [];
      services.log.onAppended(({ stream, events }) => stream === roomStream(room) && published.push(events));
      const { message } = await owner.call("messages.send", { room, text: long("sent"), key: newKey() });
      assertFromWorker(message.body, "what was sent");
      const { message: edited } = await owner.call("messages.edit", { room, seq: message.seq, text: long("edited") });
      assertFromWorker(edited.body, "what was edited");
      assert.equal(published.length, 2);
      for (const events of published) {
        const [{ data }] = JSON.parse(JSON.stringify(events));
        assertFromWorker(data.message.body, "what followers were told");
      }
    })
  ));

Deno.test("a long text that was not read yet is parsed by the worker, whatever it is read for", () =>
  withWorkspace(async (workspace) => {
    const { owner, join } = workspace;
    const room = await lobbyOf(owner);
    await join("ann");
    const key = newKey();
    const text = long("@ann sent");
    const { message: { seq, body } } = await owner.call("messages.send", { room, text, key });
    await marked(async () => {
      await withCold(
        workspace,
        async (_cold, call) =>
          assertFromWorker((await call("messages.list", { room, limit: 10 })).messages.at(-1)?.body, "what was listed"),
      );
      await withCold(
        workspace,
        async (_cold, call) =>
          assertFromWorker((await call("messages.get", { room, seq })).message.body, "what was got"),
      );
      await withCold(workspace, async (_cold, call) => {
        const { message } = await call("messages.react", { room, seq, emoji: "👍" });
        assertFromWorker(message.body, "what was reacted to");
        assert.equal(message.reactions["👍"]?.count, 1);
      });
      await withCold(workspace, async (_cold, call) => {
        const again = await call("messages.send", { room, text, key });
        assert.equal(again.message.seq, seq);
        assertFromWorker(again.message.body, "what was sent again");
      });
      await withCold(workspace, async (_cold, call) => {
        const { message } = await call("messages.edit", { room, seq, text });
        assert.equal(message.editedAt, undefined);
        assertFromWorker(message.body, "what was edited to what it was");
      });
      await withCold(workspace, async (cold) => {
        const stream = roomStream(room);
        assertFromWorker(
          await cold.messages.join(stream, await cold.log.read(stream, seq - 1, 1)),
          "what was replayed",
        );
      });
      await withCold(workspace, async (cold) => {
        const excerpt = (await cold.messages.excerpts(owner.user.id, room, [seq])).get(seq);
        assertFromWorker(excerpt, "an excerpt");
      });
    });
    await withCold(workspace, async (_cold, call) => {
      const { messages: [message] } = await call("messages.list", { room, limit: 1 });
      assert.deepEqual(message?.body, body, "mentions are the same");
      assert.ok(JSON.stringify(body).includes('"t":"at"'));
      assert.notDeepEqual(body, parseBody(text, {}));
    });
  }));

Deno.test("of many who read the same long texts at once, one has them parsed", () =>
  withWorkspace(async (workspace) => {
    const room = await lobbyOf(workspace.owner);
    for (const text of [long("one"), long("two")]) {
      await workspace.owner.call("messages.send", { room, text, key: newKey() });
    }
    let asked = 0;
    await withAsked((question) => (asked++, question), () =>
      withCold(workspace, async (cold) => {
        const readers = Array.from(
          { length: 20 },
          (_, at) => ({ ...workspace.owner.user, id: at % 2 ? `u${at}` : "u0" }),
        );
        const stream = roomStream(room);
        const head = await cold.log.head(stream);
        await Promise.all([
          ...readers.map(({ id }) => cold.messages.excerpts(id, room, [head.seq - 1, head.seq])),
          cold.log.read(stream, head.seq - 2, 2).then((events) => cold.messages.join(stream, events)),
        ]);
      }));
    assert.equal(asked, 2);
  }));
