/**
 * Sockets straight from libc, and epoll over them. A read through `Deno.Conn` costs several times what the kernel takes
 * for it, and on a small machine that cost would be measured as if it were the server's. Linux only; TCP to loopback.
 */

const AF_INET = 2;
const SOCK_STREAM = 1;
const IPPROTO_TCP = 6;
const TCP_NODELAY = 1;
const EPOLL_CTL_ADD = 1;
const EPOLLIN = 1;
const MSG_DONTWAIT = 0x40;
const MSG_NOSIGNAL = 0x4000;
const ADDRESS_BYTES = 16;
const EVENTS_MAX = 512; // a turn
const EVENT_BYTES = Deno.build.arch === "x86_64" ? 12 : 16; // the struct is packed on x86-64 alone
const EVENT_DATA_AT = EVENT_BYTES - 8;

export interface Wire {
  /** Reads what is there into `bytes`: how many came, 0 or less at the end. Only when told that it is readable. */
  read(bytes: Uint8Array<ArrayBuffer>): number;
  /** Writes all of it, waiting for room; false when the line is gone. */
  write(bytes: Uint8Array<ArrayBuffer>): boolean;
  close(): void;
}

export interface Loop {
  /** Connects to a port of this machine; `readable` is called in each turn that finds something to read. */
  connect(port: number, readable: () => void): Wire;
  /** Calls `then` at the end of the turn, when all that had come has been read. */
  later(then: () => void): void;
  /** Calls `beat` every so many ms, in a turn. */
  every(ms: number, beat: () => void): void;
  /** Waits up to `ms` for something to read, and has it read. */
  turn(ms: number): void;
  /** Turns until `done`, or for `ms`; `each` is called before each turn, at least every 2 ms. */
  until(done: () => boolean, ms: number, each?: () => void): void;
}

const TURN_MS = 2;

/** Throws where there is no glibc. */
export function createLoop(): Loop {
  const { symbols: libc } = Deno.dlopen("libc.so.6", {
    socket: { parameters: ["i32", "i32", "i32"], result: "i32" },
    connect: { parameters: ["i32", "buffer", "u32"], result: "i32" },
    setsockopt: { parameters: ["i32", "i32", "i32", "buffer", "u32"], result: "i32" },
    recv: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
    send: { parameters: ["i32", "buffer", "usize", "i32"], result: "i32" },
    close: { parameters: ["i32"], result: "i32" },
    epoll_create1: { parameters: ["i32"], result: "i32" },
    epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
    epoll_wait: { parameters: ["i32", "buffer", "i32", "i32"], result: "i32" },
  });
  const epoll = libc.epoll_create1(0);
  const ready = new Uint8Array(EVENTS_MAX * EVENT_BYTES);
  const readyView = new DataView(ready.buffer);
  const listeners = new Map<number, () => void>();
  let putOff: (() => void)[] = []; // to the end of the turn
  const beats: { ms: number; due: number; beat: () => void }[] = [];

  function connect(port: number, readable: () => void): Wire {
    const fd = libc.socket(AF_INET, SOCK_STREAM, 0);
    const address = new Uint8Array(ADDRESS_BYTES);
    const view = new DataView(address.buffer);
    view.setUint16(0, AF_INET, true);
    view.setUint16(2, port);
    address.set([127, 0, 0, 1], 4);
    if (fd < 0 || libc.connect(fd, address, ADDRESS_BYTES) < 0) throw new Error(`Cannot connect to port ${port}`);
    libc.setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, new Uint8Array([1, 0, 0, 0]), 4);
    const event = new Uint8Array(EVENT_BYTES);
    new DataView(event.buffer).setUint32(0, EPOLLIN, true);
    new DataView(event.buffer).setUint32(EVENT_DATA_AT, fd, true);
    libc.epoll_ctl(epoll, EPOLL_CTL_ADD, fd, event);
    listeners.set(fd, readable);
    return {
      read: (bytes) => libc.recv(fd, bytes, BigInt(bytes.length), MSG_DONTWAIT),
      write(bytes) {
        for (let at = 0; at < bytes.length;) {
          const count = libc.send(fd, bytes.subarray(at), BigInt(bytes.length - at), MSG_NOSIGNAL);
          if (count < 0) return false;
          at += count;
        }
        return true;
      },
      close() {
        if (listeners.delete(fd)) libc.close(fd); // also leaves epoll; a second time would close another's
      },
    };
  }

  function turn(ms: number) {
    const count = libc.epoll_wait(epoll, ready, EVENTS_MAX, ms);
    for (let i = 0; i < count; i++) listeners.get(readyView.getUint32(i * EVENT_BYTES + EVENT_DATA_AT, true))?.();
    const due = putOff;
    putOff = [];
    for (const then of due) then();
    const now = performance.now();
    for (const it of beats) {
      if (it.due > now) continue;
      it.due = now + it.ms;
      it.beat();
    }
  }

  return {
    connect,
    turn,
    later: (then) => void putOff.push(then),
    every: (ms, beat) => void beats.push({ ms, due: performance.now() + ms, beat }),
    until(done, ms, each) {
      const deadline = performance.now() + ms;
      while (!done() && performance.now() < deadline) {
        each?.();
        turn(TURN_MS);
      }
    },
  };
}
