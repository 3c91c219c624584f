/**
 * The form of every stored value: bytes, which any version of Deno reads. (A structured clone is not: Deno 2.8 and
 * later write one that 2.7 and earlier can't read.) The first byte says what the others are:
 *
 * - 1: the value as JSON (RFC 8259) in UTF-8, as `JSON.stringify` writes it.
 * - 2: the same, but with U+0000 to U+001F as they are where JSON has `\u0000` to `\u001f`. A text of 16,000 of them
 * would take 96 KB otherwise; so it takes three bytes a UTF-16 unit at most, like any other. Written only where the
 * value would be over 60 KiB.
 *
 * So a value comes back as JSON has it: fields that are undefined are gone, and it holds no bytes, dates or maps. A
 * lone surrogate comes back as it was.
 */
import { Buffer } from "node:buffer";

/** The most bytes of a stored value. KV refuses values over 64 KiB. */
export const VALUE_MAX = 60 * 1024;
const JSON_FORM = 1;
const RAW_CONTROLS_FORM = 2;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** The stored form of a value, which may come as JSON too. Throws a TypeError for what JSON can't hold. */
export function encode(value: unknown, json: string | undefined = JSON.stringify(value)): Uint8Array {
  if (json === undefined) throw new TypeError("Cannot store undefined or a function");
  const bytes = encoder.encode(String.fromCharCode(JSON_FORM) + json);
  if (bytes.byteLength <= VALUE_MAX) return bytes;
  return encoder.encode(String.fromCharCode(RAW_CONTROLS_FORM) + withRawControls(json));
}

/** The value of a stored form. Throws for bytes of another form. */
export function decode<T>(stored: Uint8Array): T {
  return JSON.parse(jsonOf(stored));
}

/** The JSON of a stored form. Throws for bytes of another form. */
export function jsonOf(stored: Uint8Array): string {
  const [form] = stored;
  if (form !== JSON_FORM && form !== RAW_CONTROLS_FORM) {
    throw new Error(`Cannot read a stored value: its form is ${form}, not ${JSON_FORM} or ${RAW_CONTROLS_FORM}`);
  }
  const text = decoder.decode(stored.subarray(1));
  return form === JSON_FORM ? text : withEscapedControls(text);
}

/** Bytes of a value's stored form; 0 for undefined, which as a field is not stored. */
export function sizeOf(value: unknown): number {
  const json: string | undefined = JSON.stringify(value);
  return json === undefined ? 0 : sizeOfJson(json);
}

/** Bytes of the stored form of a value that comes as JSON. */
export function sizeOfJson(json: string): number {
  const bytes = 1 + Buffer.byteLength(json);
  return bytes <= VALUE_MAX ? bytes : 1 + Buffer.byteLength(withRawControls(json));
}

function withRawControls(json: string): string {
  return json.replace(
    /\\(u00[01][0-9a-f]|[^])/g,
    (escape: string, name: string) => name.length > 1 ? String.fromCharCode(parseInt(name.slice(1), 16)) : escape,
  );
}

function withEscapedControls(text: string): string {
  return text.replace(/\p{Cc}/gu, (char) => `\\u${char.charCodeAt(0).toString(16).padStart(4, "0")}`);
}
