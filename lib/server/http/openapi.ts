/** /openapi.json: OpenAPI 3.1, made from the command table (lib/protocol/README.md §6). */
import * as z from "zod/mini";
import { block, inline } from "../../protocol/body.ts";
import type { Command } from "../../protocol/command.ts";
import { commands } from "../../protocol/commands.ts";
import { examples } from "../../protocol/examples.ts";
import { problem, type ProblemCode, problems } from "../../protocol/errors.ts";
import { message } from "../../protocol/messages.ts";
import { room } from "../../protocol/rooms.ts";
import { user } from "../../protocol/users.ts";

type Json = { [name: string]: unknown };

const bodies: Record<string, unknown> = examples;
const SCHEMAS = "#/components/schemas/";
const SIGN_IN = ["unauthenticated"] as const;
const ANY = ["invalid", "forbidden", "not_found", "conflict", "gone", "too_large", "rate_limited"] as const;
const OURS = ["internal", "unavailable", "storage_full"] as const;

/** The document. `version` is the server's. */
export function createOpenapi(version: string): Json {
  const { schemas, names } = named();
  const paths: Json = {};
  for (const [name, command] of Object.entries<Command>(commands)) {
    paths[`/api/${name}`] = { post: operation(name, command, names) };
  }
  return {
    openapi: "3.1.0",
    info: {
      title: "Rivulet",
      version,
      description: "Every command of Rivulet, each as a POST with a JSON body.",
    },
    paths,
    components: {
      schemas,
      responses: Object.fromEntries(Object.entries(problems).map(([code, it]) => [code, problemResponse(code, it)])),
      securitySchemes: {
        session: {
          type: "apiKey",
          in: "cookie",
          name: "__Host-session",
          description: "`rivulet_session_<port>` over http",
        },
        token: { type: "http", scheme: "bearer", description: "A personal access token, of `tokens.create`" },
      },
    },
  };
}

function operation(name: string, command: Command, names: z.core.$ZodRegistry<{ id: string }>): Json {
  const [feature = name] = name.split(".");
  const codes: ProblemCode[] = [...(name === "auth.signIn" || !command.open ? SIGN_IN : []), ...ANY, ...OURS];
  return {
    operationId: name,
    summary: command.verb[0]?.toUpperCase() + command.verb.slice(1),
    tags: [feature],
    security: command.open ? [] : command.sessionOnly ? [{ session: [] }] : [{ session: [] }, { token: [] }],
    requestBody: {
      required: true,
      content: { "application/json": { schema: toSchema(command.input, "input", names), example: bodies[name] } },
    },
    responses: {
      200: {
        description: "Done",
        content: { "application/json": { schema: toSchema(command.output, "output", names) } },
      },
      ...Object.fromEntries(
        codes.map((code) => [problems[code].status, { $ref: `#/components/responses/${code}` }]),
      ),
    },
  };
}

function problemResponse(code: string, { title }: { title: string }): Json {
  const retry = { "Retry-After": { schema: { type: "integer" }, description: "Seconds" } };
  return {
    description: title,
    ...(code === "rate_limited" || code === "unavailable" ? { headers: retry } : {}),
    content: { "application/problem+json": { schema: { $ref: `${SCHEMAS}problem` } } },
  };
}

/** The schemas that have a name: the things themselves, and what refers to itself. */
function named(): { schemas: Json; names: z.core.$ZodRegistry<{ id: string }> } {
  const names = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ problem, user, room, message, block, inline })) names.add(schema, { id });
  const { schemas } = z.toJSONSchema(names, { ...options("output"), uri: (id) => `${SCHEMAS}${id}` });
  return { schemas: Object.fromEntries(Object.entries(schemas).map(([id, schema]) => [id, plain(schema)])), names };
}

function toSchema(schema: z.ZodMiniType, io: "input" | "output", names: z.core.$ZodRegistry<{ id: string }>): Json {
  return plain(z.toJSONSchema(schema, { ...options(io), metadata: names }));
}

function options(io: "input" | "output") {
  return {
    io,
    unrepresentable: "any",
    // Fields may be added, and readers ignore those that they don't know.
    override: ({ jsonSchema }: { jsonSchema: z.core.JSONSchema.BaseSchema }) => {
      if (jsonSchema.additionalProperties === false) delete jsonSchema.additionalProperties;
    },
  } as const;
}

/** The schema without `$schema` and its own definitions, which are among the named schemas. */
function plain(schema: object): Json {
  const { $schema: _, $id: __, id: ___, $defs: ____, ...rest }: Json = { ...schema };
  return JSON.parse(JSON.stringify(rest).replaceAll('"#/$defs/', `"${SCHEMAS}`));
}
