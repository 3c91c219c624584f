/** A response, written by `node:http`. */
import { Buffer } from "node:buffer";
import type { ServerResponse } from "node:http";

const NO_BODY = new Set([204, 304]);
/**
 * In bytes. A shorter body is written as a text of its bytes: `node:http` puts a text behind the head and writes both
 * at once. Bytes take two writes, which were a third of the cost of a small answer (measured).
 */
const TEXT_MAX = 64 * 1024;

/** Writes it, a stream only as fast as its client reads. Never rejects for what the client does, such as leaving. */
export async function answer(response: Response, outgoing: ServerResponse, isStream: boolean): Promise<void> {
  const { status, headers } = response;
  const lines: string[] = [];
  for (const [name, value] of headers) lines.push(name, value);
  // keep-alive is the default of HTTP/1.1
  if (outgoing.shouldKeepAlive && outgoing.req.httpVersionMinor > 0) outgoing.removeHeader("connection");
  if (isStream && response.body) {
    outgoing.writeHead(status, lines);
    outgoing.flushHeaders();
    return await stream(response.body.getReader(), outgoing);
  }
  const bytes = await response.bytes();
  const isBare = outgoing.req.method === "HEAD" || NO_BODY.has(status);
  if (!isBare) lines.push("content-length", String(bytes.length));
  outgoing.writeHead(status, lines);
  if (bytes.length > TEXT_MAX) outgoing.end(bytes);
  else outgoing.end(Buffer.from(bytes.buffer).toString("latin1"), "latin1");
}

async function stream(reader: ReadableStreamDefaultReader<Uint8Array>, outgoing: ServerResponse): Promise<void> {
  let woken = () => {};
  const gone = () => {
    reader.cancel().catch(() => {}); // it may have failed
    woken();
  };
  outgoing.on("drain", () => woken());
  outgoing.once("close", gone);
  reader.closed.catch(() => outgoing.destroy()); // given up; what the client has not taken is dropped
  for (;;) {
    const { done, value } = await reader.read().catch(() => ({ done: true, value: undefined }));
    if (outgoing.destroyed) return;
    if (done) break;
    if (value && !outgoing.write(value)) await new Promise<void>((resolve) => woken = resolve);
  }
  outgoing.off("close", gone);
  outgoing.end();
}
