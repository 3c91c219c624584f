/**
 * Encodes server-sent events (HTML standard, 9.2.5). Those who follow the same streams get an event one after the
 * other, so its bytes are made for the first one and shared; others share at least the bytes of the frame.
 */
export interface ServerSentEvent {
  /** ASCII, as the id. */
  type: string;
  /** Undefined if no reconnect may resume from here. */
  id: string | undefined;
  /** One line. */
  data: string;
}

const utf8 = new TextEncoder();
const END = utf8.encode("\n\n");

let frame = { text: "", bytes: new Uint8Array() };
let event = { head: "", text: "", bytes: new Uint8Array() };

/** The event as bytes, which others get too: do not write to them. */
export function eventBytes({ type, id, data }: ServerSentEvent): Uint8Array {
  const head = `event: ${type}\n${id === undefined ? "" : `id: ${id}\n`}data: `;
  if (event.head === head && event.text === data) return event.bytes;
  if (frame.text !== data) frame = { text: data, bytes: utf8.encode(data) };
  event = { head, text: data, bytes: join(head, frame.bytes) };
  return event.bytes;
}

function join(head: string, body: Uint8Array): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(head.length + body.length + END.length);
  utf8.encodeInto(head, bytes);
  bytes.set(body, head.length);
  bytes.set(END, head.length + body.length);
  return bytes;
}
