/**
 * Keys as Deno KV stores them in SQLite: the parts one after the other, each a byte that tells its type and then its
 * bytes (FoundationDB's tuple encoding, https://github.com/apple/foundationdb/blob/main/design/tuple.md). Ours have
 * texts and numbers only (keys.ts).
 */
const TEXT = 0x02; // UTF-8 up to a zero byte; a zero byte in it is followed by ESCAPED
const NUMBER = 0x21; // a double, big-endian; so that they sort, all bits of a negative one are flipped, else the first
const ESCAPED = 0xff;
const NUMBER_BYTES = 8;
const SIGN = 0x80;

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });

/** A key of one text, without zero bytes. */
export function encodeText(text: string): Uint8Array {
  return Uint8Array.of(TEXT, ...encoder.encode(text), 0);
}

/** Throws for a part of another type. */
export function decodeKey(bytes: Uint8Array): Deno.KvKey {
  const key: Deno.KvKeyPart[] = [];
  for (let at = 0; at < bytes.length;) {
    const type = bytes[at++];
    if (type === TEXT) {
      const text: number[] = [];
      for (; bytes[at] !== 0 || bytes[at + 1] === ESCAPED; at++) {
        if (at >= bytes.length) throw new Error("Cannot read a stored key: its text has no end");
        text.push(bytes[at] ?? 0);
        if (bytes[at] === 0) at++;
      }
      at++;
      key.push(decoder.decode(Uint8Array.from(text)));
    } else if (type === NUMBER) {
      const double = bytes.slice(at, at += NUMBER_BYTES);
      const [first = 0] = double;
      if (first & SIGN) double[0] = first ^ SIGN;
      else double.forEach((byte, index) => double[index] = ~byte);
      const number = new DataView(double.buffer).getFloat64(0);
      if (!Number.isFinite(number)) throw new Error(`Cannot read a stored key: it has ${number}`);
      key.push(number);
    } else throw new Error(`Cannot read a stored key: a part of it is of type ${type}`);
  }
  return key;
}
