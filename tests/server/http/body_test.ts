import assert from "node:assert/strict";
import { BODY_MAX, FORM_MAX, readForm, readJson } from "../../../lib/server/http/body.ts";
import type { Refusal } from "../../../lib/protocol/errors.ts";

const JSON_TYPE = "application/json";

function post(body: BodyInit | null, type: string | null = JSON_TYPE): Request {
  const request = new Request("http://x/", { method: "POST", body });
  if (type === null) request.headers.delete("content-type");
  else request.headers.set("content-type", type);
  return request;
}

function refused(code: string) {
  return (error: Refusal) => error.code === code;
}

/** A JSON text of exactly `bytes` bytes. */
const sized = (bytes: number) => `"${"x".repeat(bytes - 2)}"`;

Deno.test("readJson() reads JSON up to 64 KiB", async () => {
  assert.deepEqual(await readJson(post(`{"a":"ä"}`, "Application/JSON; charset=utf-8"), "do"), { a: "ä" });
  assert.equal(String(await readJson(post(sized(BODY_MAX)), "do")).length, BODY_MAX - 2);
  await assert.rejects(readJson(post(sized(BODY_MAX + 1)), "do"), refused("too_large"));
});

Deno.test("readJson() reads a body that comes in pieces, cut within a letter", async () => {
  const bytes = new TextEncoder().encode(`{"a":"äß"}`);
  const pieces = new ReadableStream<Uint8Array>({
    start(out) {
      for (const byte of bytes) out.enqueue(new Uint8Array([byte]));
      out.close();
    },
  });
  assert.deepEqual(await readJson(post(pieces), "do"), { a: "äß" });
});

Deno.test("readJson() takes no more of an endless body than the limit", async () => {
  let given = 0;
  const cancelled = Promise.withResolvers<void>();
  const endless = new ReadableStream<Uint8Array>({
    pull(out) {
      given += 16_384;
      out.enqueue(new Uint8Array(16_384));
    },
    cancel: () => cancelled.resolve(),
  });
  await assert.rejects(readJson(post(endless), "do"), refused("too_large"));
  await cancelled.promise;
  assert(given <= BODY_MAX + 3 * 16_384, `took ${given} bytes`);
});

Deno.test("readJson() refuses a length over the limit without reading", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: () => assert.fail("read") }, { highWaterMark: 0 });
  const request = post(body);
  request.headers.set("content-length", String(BODY_MAX + 1));
  await assert.rejects(readJson(request, "do"), refused("too_large"));
});

Deno.test("readJson() refuses another type, what is not JSON, and wrong UTF-8; a large body first", async () => {
  for (const type of [null, "text/plain", "application/x-www-form-urlencoded", "application/jsonp"]) {
    await assert.rejects(readJson(post("{}", type), "do"), refused("invalid"));
  }
  for (const body of ["", "{", "nope", null]) await assert.rejects(readJson(post(body), "do"), refused("invalid"));
  await assert.rejects(readJson(post(new Uint8Array([0x22, 0xff, 0x22])), "do"), refused("invalid"));
  await assert.rejects(readJson(post(sized(BODY_MAX + 1), "text/plain"), "do"), refused("too_large"));
});

Deno.test("readForm() reads fields and refuses JSON", async () => {
  const type = "application/x-www-form-urlencoded";
  assert.deepEqual(await readForm(post("a=1&b=%C3%A4+x&a=2", type), "do"), { a: "2", b: "ä x" });
  await assert.rejects(readForm(post("{}"), "do"), refused("invalid"));
  const long = await readForm(post(`a=${"x".repeat(FORM_MAX - 2)}`, type), "do");
  assert.equal(long.a?.length, FORM_MAX - 2);
  await assert.rejects(readForm(post(`a=${"x".repeat(FORM_MAX - 1)}`, type), "do"), refused("too_large"));
});

Deno.test("a body that breaks off is the client's doing, not an error of ours", async () => {
  const body = new ReadableStream<Uint8Array>({ pull: (it) => it.error(new Error("connection reset")) });
  await assert.rejects(readJson(post(body), "send message"), refused("invalid"));
});
