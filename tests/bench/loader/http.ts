/** As much of HTTP/1.1 (RFC 9112) as the loader needs: a request's bytes, and a reader of answers that copies little. */

const CR = 13;
const LF = 10;
const latin1 = new TextDecoder("latin1");
const utf8 = new TextEncoder();

/** The bytes of a request; with a `body`, of a POST of JSON. */
export function request(
  port: number,
  path: string,
  headers: Record<string, string>,
  body?: string,
): Uint8Array<ArrayBuffer> {
  const bytes = body === undefined ? undefined : utf8.encode(body);
  const lines = [
    `${bytes ? "POST" : "GET"} ${path} HTTP/1.1`,
    `Host: 127.0.0.1:${port}`,
    ...Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
    ...(bytes ? ["Content-Type: application/json", `Content-Length: ${bytes.length}`] : []),
  ];
  const head = utf8.encode(`${lines.join("\r\n")}\r\n\r\n`);
  const all = new Uint8Array(head.length + (bytes?.length ?? 0));
  all.set(head);
  if (bytes) all.set(bytes, head.length);
  return all;
}

/** Called with each piece of a body while its bytes lie in the reader's buffer; `last` ends the answer. */
export type OnBody = (bytes: Uint8Array, start: number, end: number, last: boolean) => void;

export interface AnswerReader {
  /** Where the next bytes from the socket go; never empty. */
  room(): Uint8Array<ArrayBuffer>;
  /** Says that `count` bytes were put there. Throws for an answer that is not 200. */
  took(count: number): void;
}

/** Reads answers one after the other: a whole body at once where its length is given, else chunk by chunk. */
export function createAnswerReader(onBody: OnBody, bytes: number): AnswerReader {
  let buffer = new Uint8Array(bytes);
  let length = 0;
  let state: "head" | "length" | "chunks" = "head";
  let wanted = 0; // bytes of the body, where its length is given

  function room(): Uint8Array<ArrayBuffer> {
    if (length === buffer.length) {
      const grown = new Uint8Array(buffer.length * 2);
      grown.set(buffer);
      buffer = grown;
    }
    return buffer.subarray(length);
  }

  function took(count: number): void {
    length += count;
    let at = 0;
    for (let next = step(at); next > at; next = step(at)) at = next;
    buffer.copyWithin(0, at, length);
    length -= at;
  }

  /** Reads one thing at `at`, and gives where it ends; `at` itself where it is not whole yet. */
  function step(at: number): number {
    if (state === "head") {
      const end = lineEnd(at, true);
      return end < 0 ? at : greet(latin1.decode(buffer.subarray(at, end)), end);
    }
    if (state === "length") {
      if (length - at < wanted) return at;
      state = "head";
      onBody(buffer, at, at + wanted, true);
      return at + wanted;
    }
    const line = lineEnd(at, false);
    if (line < 0) return at;
    const size = parseInt(latin1.decode(buffer.subarray(at, line)), 16);
    if (length - line < size + 2) return at;
    if (size === 0) state = "head";
    onBody(buffer, line, line + size, size === 0);
    return line + size + 2;
  }

  function greet(head: string, end: number): number {
    if (!head.startsWith("HTTP/1.1 200")) throw new Error(`The server answered\n${head}`);
    const contentLength = /^content-length: (\d+)/im.exec(head)?.[1];
    state = contentLength === undefined ? "chunks" : "length";
    wanted = Number(contentLength ?? 0);
    return end;
  }

  /** Behind the end of a line, or of the empty line that ends a head. */
  function lineEnd(from: number, empty: boolean): number {
    for (let at = from; at + 1 < length; at++) {
      if (buffer[at] !== CR || buffer[at + 1] !== LF) continue;
      if (!empty) return at + 2;
      if (buffer[at + 2] === CR && buffer[at + 3] === LF && at + 3 < length) return at + 4;
    }
    return -1;
  }

  return { room, took };
}
