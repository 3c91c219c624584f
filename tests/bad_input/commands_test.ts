/**
 * Each field of each command gets what it should not: a clean 4xx, and nothing written (tests/README.md, Bad input and
 * abuse).
 */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { examples } from "../../lib/protocol/examples.ts";
import { FEED, roomStream, userStream } from "../../lib/protocol/streams.ts";
import { type AppCase, withApp } from "../routes/with_app.ts";
import { at } from "../contract/with_server.ts";
import { cases, runs } from "../support/share.ts";
import { KIB_64, noJson, wrong } from "./values.ts";

const CLEAN = [400, 401, 403, 404, 409, 410, 413];

interface Case extends AppCase {
  cookie: string;
  room: string;
  seq: number;
  /** The heads of every stream here: what was written. */
  written(): Promise<string>;
  /** Posts a body; a refusal is a clean problem. Gives the status. */
  post(name: string, body: string | Uint8Array<ArrayBuffer>): Promise<number>;
}

async function withCase(body: (it: Case) => Promise<void>): Promise<void> {
  await withApp(async (it) => {
    const { id, cookie } = await it.setUp();
    const made = await it.call("rooms.create", { name: "r", visibility: "public" }, { cookie });
    const room: string = (await made.json()).room.id;
    const sent = await it.call("messages.send", { room, text: "x", key: "bad-input-0123456789" }, { cookie });
    await body({
      ...it,
      cookie,
      room,
      seq: (await sent.json()).message.seq,
      async written() {
        const heads = await it.services.log.heads([roomStream(room), userStream(id), FEED]);
        return JSON.stringify(heads.map((head) => [head.seq, head.n]));
      },
      async post(name, sent) {
        const headers = { cookie, origin: it.origin, "content-type": "application/json" };
        const response = await it.ask(`/api/${name}`, { method: "POST", body: sent, headers });
        const answer = await response.json();
        if (response.status === 200) return 200;
        assert(CLEAN.includes(response.status), `${response.status} for ${name}: ${JSON.stringify(answer)}`);
        assert.equal(response.headers.get("content-type"), "application/problem+json");
        assert.equal(answer.status, response.status);
        return response.status;
      },
    });
  });
}

/** The fields that the document says a command has. */
function fieldsOf(name: string, document: unknown): string[] {
  const path = ["paths", `/api/${name}`, "post", "requestBody", "content", "application/json", "schema", "properties"];
  const properties = at(document, ...path);
  return Object.keys(typeof properties === "object" && properties !== null ? properties : {});
}

Deno.test("each field of each command with each wrong value: accepted, or a clean 4xx that writes nothing", async (t) => {
  await withCase(async ({ room, seq, post, written, ask }) => {
    const document = await (await ask("/openapi.json")).json();
    let asked = 0;
    let refused = 0;
    let before = await written();
    for (const [name, example] of Object.entries<object>(examples)) {
      const fields = new Set([...Object.keys(example), ...fieldsOf(name, document)]);
      await t.step(`${name}: ${[...fields].join(", ") || "no fields"}`, async () => {
        // Right in everything but one field.
        const right = { ...example, ...("room" in example && { room }), ...("seq" in example && { seq }) };
        const tries = [...fields].flatMap((field) => wrong.map(([what, json]) => ({ field, what, json })));
        for (const { field, what, json } of cases(tries)) {
          const others = Object.entries(right).filter(([other]) => other !== field);
          const parts = others.map(([other, value]) => `${JSON.stringify(other)}:${JSON.stringify(value)}`);
          const status = await post(name, `{${[...parts, `${JSON.stringify(field)}:${json}`].join(",")}}`);
          asked++;
          const after = await written();
          if (status !== 200) {
            refused++;
            assert.equal(after, before, `${name}: ${field} as ${what} was ${status}, and wrote`);
            const expected = json.length > KIB_64 ? 413 : json.includes("\\ud") ? 400 : status;
            assert.equal(status, expected, `${name}: ${field} as ${what}`);
          }
          before = after;
        }
      });
    }
    assert.equal(await post("auth.me", "{}"), 200, "still signed in, so that the rest was asked as somebody");
    assert(asked > runs(2_000) && refused > asked * 0.8, `${refused} of ${asked} refused`);
  });
});

Deno.test("a body that is no JSON object is 400 for every command, and writes nothing", () =>
  withCase(async ({ post, written }) => {
    const before = await written();
    for (const name of Object.keys(commands)) {
      for (const [what, body] of noJson) assert.equal(await post(name, body), 400, `${name}: ${what}`);
    }
    assert.equal(await written(), before);
  }));
