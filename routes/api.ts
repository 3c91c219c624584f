/** Every command as POST /api/<name>, straight from the command table (lib/protocol/README.md §3). */
import { Hono } from "hono";
import { readJson } from "../lib/server/http/body.ts";
import { give } from "../lib/server/http/give.ts";
import { type Env, toCall, toSignedInCall } from "../lib/server/http/env.ts";
import { UnreadBody } from "../lib/server/commands/runner.ts";
import { assertSameSignIn } from "../lib/server/http/sign_in.ts";
import { jsonOf } from "../lib/server/limits/json.ts";
import type { Command } from "../lib/protocol/command.ts";
import { commands, isCommand } from "../lib/protocol/commands.ts";
import { Refusal } from "../lib/protocol/errors.ts";
import type { Services } from "../lib/server/services.ts";

export function api({ run }: Pick<Services, "run">): Hono<Env> {
  return new Hono<Env>()
    .post("/api/:name", async (c) => {
      const name = c.req.param("name");
      if (!isCommand(name)) throw noSuchCommand();
      const { verb, load }: Command = commands[name];
      assertSameSignIn(c, verb);
      const call = "open" in commands[name] ? toCall(c) : toSignedInCall(c, verb);
      const result = await run(name, new UnreadBody(() => readJson(c.req.raw, verb)), call);
      const json = load === "read" ? await jsonOf(result) : JSON.stringify(result);
      return give(c, json, { headers: { "content-type": "application/json" } });
    })
    .all("/api/*", () => {
      throw noSuchCommand();
    });
}

function noSuchCommand(): Refusal {
  return new Refusal("not_found", "Cannot call: there is no such command");
}
