/** Followers over Server-Sent Events and by long-poll, read as cheaply as the sockets are. */
import { createAnswerReader, type OnBody, request } from "./http.ts";
import type { Options, Socket } from "./socket.ts";
import type { Loop } from "./loop.ts";

const LF = 10;
const latin1 = new TextDecoder("latin1");

/** Opens an event stream; it is up once it has heard its last step. */
export function openEventStream(loop: Loop, { line, port, heard, bufferBytes, took }: Options): Socket {
  const steps = [...line.steps];
  let part = new Uint8Array(); // of an event that comes in several chunks
  const wire = readAnswers(loop, { port, bufferBytes, took }, (bytes, start, end) => {
    if (start === end) return; // the stream's end
    const [step] = steps;
    if (step) {
      if (latin1.decode(bytes.subarray(start, end)).includes(step.hear ?? "")) steps.shift();
    } else if (part.length === 0 && isEvent(bytes, start, end)) {
      heard(bytes, start, end);
    } else {
      part = joined(part, bytes.subarray(start, end));
      if (!isEvent(part, 0, part.length)) return;
      heard(part, 0, part.length);
      part = new Uint8Array();
    }
  });
  wire.write(request(port, line.path, line.headers));
  return { say() {}, up: () => steps.length === 0, open: wire.open, shut: wire.close };
}

/** Whether these bytes end with an event's empty line. */
function isEvent(bytes: Uint8Array, start: number, end: number): boolean {
  return end - start >= 2 && bytes[end - 1] === LF && bytes[end - 2] === LF;
}

/**
 * Polls again and again from where the last answer ended; it is up once the first has come. What has come for others is
 * read first: they would be on machines of their own, and not wait for this one's request.
 */
export function openPoller(loop: Loop, { line, port, heard, bufferBytes, took }: Options): Socket {
  let up = false;
  let part = new Uint8Array(); // of an answer that comes in several chunks, as long ones do
  const wire = readAnswers(loop, { port, bufferBytes, took }, (bytes, start, end, last) => {
    if (!last || part.length > 0) {
      part = joined(part, bytes.subarray(start, end));
      if (!last) return;
      [bytes, start, end] = [part, 0, part.length];
      part = new Uint8Array();
    }
    if (up) heard(bytes, start, end);
    up = true;
    const rest = next(latin1.decode(bytes.subarray(start, end)));
    loop.later(() => poll(rest));
  });
  const poll = (rest: string) =>
    void wire.write(request(port, line.path, line.headers, `{"v":1,"wait":25000,"compact":true,${rest}}`));
  poll(`"streams":${line.streams ?? "{}"},"seen":""`);
  return { say() {}, up: () => up, open: wire.open, shut: wire.close };
}

/** The end of an answer as the next request wants it: the offsets and the state of the answer. */
function next(answer: string): string {
  const at = answer.lastIndexOf('"streams":');
  if (at < 0) throw new Error(`The server answered a poll with\n${answer}`);
  return answer.slice(at, answer.lastIndexOf("}"));
}

function joined(one: Uint8Array, other: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(one.length + other.length);
  all.set(one);
  all.set(other, one.length);
  return all;
}

function readAnswers(
  loop: Loop,
  { port, bufferBytes, took }: Pick<Options, "port" | "bufferBytes" | "took">,
  onBody: OnBody,
) {
  let open = true;
  const reader = createAnswerReader(onBody, bufferBytes);
  const wire = loop.connect(port, () => {
    const count = wire.read(reader.room());
    if (count <= 0) return close();
    took?.(count);
    reader.took(count);
  });
  function close() {
    open = false;
    wire.close();
  }
  return { write: wire.write, open: () => open, close };
}
