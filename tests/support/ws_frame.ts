/** WebSocket frames as bytes (RFC 6455 §5): what a client writes, and a reader that copies nothing. */

export const opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;
const MASKED = 0x80;
const LENGTH_16 = 126;
const LENGTH_64 = 127;
const HEADER_MAX_BYTES = 14;
const MASK_BYTES = 4;

export interface FrameOptions {
  /** False for a fragment with more to come. */
  fin?: boolean;
  /** Zeros by default (legal, and the payload stays readable in a dump); false leaves the mask out, as a server does. */
  mask?: Uint8Array | false;
}

/** One frame's bytes, whatever its opcode and length; nothing is checked, so that tests can write what nobody should. */
export function encodeFrame(code: number, payload: Uint8Array, options: FrameOptions = {}): Uint8Array<ArrayBuffer> {
  const { fin = true, mask = new Uint8Array(MASK_BYTES) } = options;
  const frame = new Uint8Array(HEADER_MAX_BYTES + payload.length);
  const masked = mask ? MASKED : 0;
  let at = 2;
  frame[0] = (fin ? FIN : 0) | code;
  if (payload.length < LENGTH_16) {
    frame[1] = masked | payload.length;
  } else if (payload.length < 0x1_0000) {
    frame[1] = masked | LENGTH_16;
    frame[2] = payload.length >> 8;
    frame[3] = payload.length;
    at = 4;
  } else {
    frame[1] = masked | LENGTH_64;
    new DataView(frame.buffer).setBigUint64(2, BigInt(payload.length));
    at = 10;
  }
  if (mask) {
    frame.set(mask, at);
    at += MASK_BYTES;
  }
  frame.set(payload, at);
  if (mask && mask.some((byte) => byte !== 0)) {
    for (let i = 0; i < payload.length; i++) frame[at + i] = byteAt(payload, i) ^ byteAt(mask, i % MASK_BYTES);
  }
  return frame.subarray(0, at + payload.length);
}

/** Called with each frame while its bytes lie in the reader's buffer: `bytes` from `start` to `end` is the payload. */
export type OnFrame = (code: number, bytes: Uint8Array, start: number, end: number, fin: boolean) => void;

export interface FrameReader {
  /** Where the next bytes from the socket go; never empty. */
  room(): Uint8Array<ArrayBuffer>;
  /** Says that `count` bytes were put there; calls `onFrame` for each frame that is now whole. */
  took(count: number): void;
}

/**
 * Reads a server's frames out of one growing buffer of at first `bytes`, of which `held` came before (what followed the
 * 101). Throws `RangeError` for a masked frame, which no server may send, and for one of over `max` bytes.
 */
export function createFrameReader(
  onFrame: OnFrame,
  { bytes = 4_096, max = 16_777_216, held = new Uint8Array() }: { bytes?: number; max?: number; held?: Uint8Array } =
    {},
): FrameReader {
  let buffer = new Uint8Array(Math.max(bytes, held.length * 2));
  let length = 0;
  let needed = 0; // bytes of the frame that is not whole yet, header included
  buffer.set(held);
  if (held.length > 0) took(held.length);

  function room(): Uint8Array<ArrayBuffer> {
    if (buffer.length - length < 1 || needed > buffer.length) {
      const grown = new Uint8Array(Math.max(buffer.length * 2, needed));
      grown.set(buffer.subarray(0, length));
      buffer = grown;
    }
    return length === 0 ? buffer : buffer.subarray(length);
  }

  function took(count: number): void {
    length += count;
    let at = 0;
    needed = 0;
    while (length - at >= 2) {
      const first = byteAt(buffer, at);
      const second = byteAt(buffer, at + 1);
      if (second & MASKED) throw new RangeError("The server masked a frame (RFC 6455 §5.1)");
      let size = second;
      let header = 2;
      if (size === LENGTH_16) {
        header = 4;
        if (length - at < header) break;
        size = (byteAt(buffer, at + 2) << 8) | byteAt(buffer, at + 3);
      } else if (size === LENGTH_64) {
        header = 10;
        if (length - at < header) break;
        size = Number(new DataView(buffer.buffer).getBigUint64(at + 2));
      }
      if (size > max) throw new RangeError(`The server sent a frame of ${size} bytes`);
      needed = header + size;
      if (length - at < needed) break;
      onFrame(first & 0x0f, buffer, at + header, at + needed, (first & FIN) !== 0);
      at += needed;
      needed = 0;
    }
    if (at > 0) buffer.copyWithin(0, at, length);
    length -= at;
  }

  return { room, took };
}

function byteAt(bytes: Uint8Array, at: number): number {
  return bytes[at] ?? 0;
}
