/** Request bodies: bounded in size and time before anything looks at them (lib/protocol/README.md §3). */
import { Refusal } from "../../protocol/errors.ts";

export const BODY_MAX = 64 * 1024; // bytes
export const FORM_MAX = 4 * BODY_MAX; // a form's text is percent-encoded: up to nine bytes for what is three in JSON
const BODY_DEADLINE_MS = 15_000; // the server has no timeout of its own for a body that trickles in

/** Reads a JSON body. Throws `Refusal`: too_large over 64 KiB, without reading on; invalid for what is not JSON. */
export async function readJson(request: Request, verb: string): Promise<unknown> {
  const bytes = await readBytes(request, verb, BODY_MAX);
  if (!isType(request, "application/json")) {
    throw new Refusal("invalid", `Cannot ${verb}: Content-Type must be application/json`);
  }
  try {
    return JSON.parse(decode(bytes));
  } catch {
    throw new Refusal("invalid", `Cannot ${verb}: body is not JSON`);
  }
}

/** Reads a form's fields, the last of each name. Throws `Refusal` like `readJson`, too_large over 256 KiB. */
export async function readForm(request: Request, verb: string): Promise<Record<string, string>> {
  const bytes = await readBytes(request, verb, FORM_MAX);
  if (!isType(request, "application/x-www-form-urlencoded")) {
    throw new Refusal("invalid", `Cannot ${verb}: Content-Type must be application/x-www-form-urlencoded`);
  }
  return Object.fromEntries(new URLSearchParams(new TextDecoder().decode(bytes)));
}

async function readBytes(request: Request, verb: string, max: number): Promise<Uint8Array> {
  const length = request.headers.get("content-length");
  if (Number(length ?? 0) > max) throw tooLarge(verb, max);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = new AbortController();
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      stop.abort();
      reject(new Refusal("invalid", `Cannot ${verb}: body took too long`));
    }, BODY_DEADLINE_MS);
  });
  // The server enforces a declared length, so the body can be taken whole.
  const whole = length === null ? readAll(request, verb, max, stop.signal) : request.arrayBuffer().then(
    (buffer) => new Uint8Array(buffer),
    () => {
      throw new Refusal("invalid", `Cannot ${verb}: body broke off`); // nobody waits for it any more
    },
  );
  try {
    return await Promise.race([whole, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function readAll(request: Request, verb: string, max: number, stopped: AbortSignal): Promise<Uint8Array> {
  if (!request.body) return new Uint8Array();
  const reader: ReadableStreamDefaultReader<Uint8Array> = request.body.getReader();
  stopped.addEventListener("abort", () => void reader.cancel().catch(() => {}), { once: true });
  const pieces: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new Refusal("invalid", `Cannot ${verb}: body broke off`); // nobody waits for it any more
    });
    if (done) return joined(pieces, length);
    length += value.length;
    if (length > max) {
      reader.cancel().catch(() => {}); // not waited for: the client may go on sending for ever
      throw tooLarge(verb, max);
    }
    pieces.push(value);
  }
}

/** Joins the pieces of a body, of which there is nearly always only one. */
function joined(pieces: Uint8Array[], length: number): Uint8Array {
  if (pieces[0]?.length === length) return pieces[0];
  const bytes = new Uint8Array(length);
  let at = 0;
  for (const piece of pieces) {
    bytes.set(piece, at);
    at += piece.length;
  }
  return bytes;
}

/** Refuses wrong UTF-8 instead of replacing it, because the text would not come back as it went in. */
function decode(bytes: Uint8Array): string {
  return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
}

function isType(request: Request, type: string): boolean {
  return request.headers.get("content-type")?.split(";")[0]?.trim().toLowerCase() === type;
}

function tooLarge(verb: string, max: number): Refusal {
  return new Refusal("too_large", `Cannot ${verb}: body is over ${max} bytes`);
}
