/** Holds answers against /openapi.json, and remembers which commands were answered with 200. */
import assert from "node:assert/strict";
import { Validator } from "@seriousme/openapi-schema-validator";
import { Ajv2020, type ValidateFunction } from "ajv/dist/2020.js";

const JSON_TYPE = "application/json";
const PROBLEM_TYPE = "application/problem+json";

export interface Schemas {
  /** Throws where an answer is none that the document describes. */
  check(name: string, status: number, type: string | null, body: unknown): void;
  /** Throws where a body is none that the document describes. */
  checkExample(name: string): void;
  readonly names: string[];
  /** The commands whose 200 was seen and checked. */
  readonly answered: ReadonlySet<string>;
}

interface Content {
  schema: object;
  example?: unknown;
}
interface Operation {
  requestBody: { content: Record<string, Content> };
  responses: Record<string, { $ref?: string; content?: Record<string, Content> }>;
}

/** What the tests read of the document; that it is OpenAPI 3.1 is made sure of first. */
interface Document {
  paths: Record<string, { post: Operation }>;
  components: { schemas: object; responses: Record<string, { content: Record<string, Content> }> };
}

/** Throws where `value` is no valid OpenAPI 3.1 document. */
export async function createSchemas(value: unknown): Promise<Schemas> {
  const document = await parseDocument(value);
  const ajv = new Ajv2020({ strict: false, allErrors: true, validateFormats: false });
  ajv.addSchema({ $id: "openapi:", components: document.components });
  const answered = new Set<string>();
  const compiled = new Map<object, ValidateFunction>();
  const operation = (name: string): Operation => {
    const found = document.paths[`/api/${name}`]?.post;
    assert(found, `/openapi.json says nothing of ${name}`);
    return found;
  };

  function validate(schema: object | undefined, body: unknown, what: string): void {
    assert(schema, `/openapi.json says nothing of ${what}`);
    const known = compiled.get(schema) ??
      ajv.compile(JSON.parse(JSON.stringify(schema).replaceAll('"#/components/', '"openapi:#/components/')));
    compiled.set(schema, known);
    assert(known(body), `${what}: ${JSON.stringify(known.errors)} in ${JSON.stringify(body).slice(0, 500)}`);
  }

  return {
    answered,
    names: Object.keys(document.paths).map((path) => path.slice("/api/".length)),
    check(name, status, type, body) {
      const answer = operation(name).responses[status];
      assert(answer, `/openapi.json says nothing of ${status} for ${name}`);
      const { content } = answer.$ref
        ? document.components.responses[answer.$ref.split("/").at(-1) ?? ""] ?? answer
        : answer;
      assert.equal(type, status === 200 ? JSON_TYPE : PROBLEM_TYPE, `${name} ${status}`);
      validate(content?.[type ?? ""]?.schema, body, `${status} for ${name}`);
      if (status === 200) answered.add(name);
    },
    checkExample(name) {
      const { schema, example } = operation(name).requestBody.content[JSON_TYPE] ?? {};
      assert.notEqual(example, undefined, `${name} has no example`);
      validate(schema, example, `the example of ${name}`);
    },
  };
}

async function parseDocument(value: unknown): Promise<Document> {
  const { valid, errors } = await new Validator().validate({ ...toObject(structuredClone(value)) });
  assert(valid, JSON.stringify(errors));
  assert(isDocument(value));
  return value;
}

function toObject(value: unknown): object {
  assert(typeof value === "object" && value !== null, "no document");
  return value;
}

function isDocument(value: unknown): value is Document {
  return typeof value === "object" && value !== null && "openapi" in value && value.openapi === "3.1.0" &&
    "paths" in value && "components" in value;
}
