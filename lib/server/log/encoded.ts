/**
 * Events as JSON, which is made once for each: a head is written whole by every append to its stream, its newest events
 * with it, and they leave it as they are.
 */
import { sizeOfJson } from "../kv/codec.ts";
import type { Head, StoredEvent } from "./types.ts";

interface Encoded {
  /** As it stands in a head. */
  json: string;
  bytes: number;
  /** Where the event's own fields end; its document stands behind them. */
  end: number;
  /** Where the document's value begins. */
  value: number;
}

const known = new WeakMap<StoredEvent, Encoded>();

function encodedOf(event: StoredEvent): Encoded {
  const made = known.get(event) ?? encode(event);
  known.set(event, made);
  return made;
}

function encode({ document, ...event }: StoredEvent): Encoded {
  const own = JSON.stringify(event);
  const end = own.length - 1;
  if (!document) return { json: own, bytes: sizeOfJson(own), end, value: end };
  const { key, value, expireIn } = document;
  const start = `${own.slice(0, end)},"document":${JSON.stringify({ key, expireIn }).slice(0, -1)},"value":`;
  const json = `${start}${JSON.stringify(value)}}}`;
  return { json, bytes: sizeOfJson(json), end, value: start.length };
}

/** Bytes that an event takes in a head. */
export function sizeInHead(event: StoredEvent): number {
  return encodedOf(event).bytes;
}

/** An event as it stands in a segment, without its document. */
export function jsonInSegment(event: StoredEvent): string {
  const { json, end } = encodedOf(event);
  return `${json.slice(0, end)}}`;
}

/** The value of an event's document. */
export function jsonOfDocument(event: StoredEvent): string {
  const { json, value } = encodedOf(event);
  return json.slice(value, -2);
}

export function jsonOfHead({ tail, ...head }: Head): string {
  return `${JSON.stringify(head).slice(0, -1)},"tail":[${tail.map((event) => encodedOf(event).json).join(",")}]}`;
}
