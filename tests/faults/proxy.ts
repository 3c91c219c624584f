/** A TCP proxy on loopback that spoils what goes through it, in the ways in which proxies and networks do. */

export type Fault =
  | { kind: "pass" }
  /** Answers an upgrade by itself, as a proxy does that forbids it. */
  | { kind: "refuse_upgrade" }
  /** Takes `Upgrade` and `Connection` out, as nginx and haproxy do by default. */
  | { kind: "strip_upgrade" }
  | { kind: "reset_after_101" }
  /** The 101 arrives; nothing behind it does, in either direction. */
  | { kind: "silent_after_101" }
  /** An event stream is held back until it ends. */
  | { kind: "buffer_sse" }
  /** Each connection ends after so many bytes from the server. */
  | { kind: "cut"; bytes: number }
  | { kind: "delay"; ms: number }
  /** Takes connections and everything on them, and answers nothing. */
  | { kind: "blackhole" }
  /** What clients say goes nowhere; what the server says arrives. */
  | { kind: "deaf" }
  /** A POST goes nowhere, and nothing comes back. */
  | { kind: "swallow_post" };

export interface Proxy {
  readonly port: number;
  readonly origin: string;
  /** For connections and requests from now on; sockets that are open go on as they began. */
  set(fault: Fault): void;
  /** Ends every connection that is open. */
  cut(): void;
  /** Upgrades asked for since the start. */
  readonly upgrades: number;
  /** When the first of them was, as `performance.now()`. */
  readonly firstUpgradeAt: number;
  /** POSTs that went nowhere since the start. */
  readonly swallowed: number;
  stop(): Promise<void>;
}

const CONNECTIONS_MAX = 256;
const HEAD_MAX = 65_536; // bytes of one request's or answer's head
const HELD_MAX = 4_194_304; // bytes of a stream that is held back; then the connection ends
const CHUNK = 65_536; // bytes
const END_OF_HEAD = "\r\n\r\n";

/** Listens on a free port in front of `port` of this machine. */
export function startProxy(port: number): Proxy {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const open = new Set<Deno.TcpConn>();
  let fault: Fault = { kind: "pass" };
  let upgrades = 0;
  let firstUpgradeAt = Infinity;
  let swallowed = 0;

  function end(...conns: Deno.TcpConn[]) {
    for (const conn of conns) if (open.delete(conn)) conn.close();
  }

  async function serve(client: Deno.TcpConn) {
    open.add(client);
    const head = await readHead(client);
    if (!head) return end(client);
    const isUpgrade = /^upgrade: *websocket/im.test(textOf(head));
    if (isUpgrade) {
      upgrades++;
      firstUpgradeAt = Math.min(firstUpgradeAt, performance.now());
    }
    if (isUpgrade && fault.kind === "refuse_upgrade") {
      await write(client, bytesOf("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\nconnection: close\r\n\r\n"));
      return end(client);
    }
    const server = await Deno.connect({ hostname: "127.0.0.1", port }).catch(() => undefined);
    if (!server) return end(client);
    open.add(server);
    const began = isUpgrade ? fault : undefined;
    const first = began?.kind === "strip_upgrade" ? withoutUpgrade(head) : head;
    await Promise.all([
      requests(client, server, first, began),
      responses(server, client, began),
    ]);
    end(client, server);
  }

  async function requests(client: Deno.TcpConn, server: Deno.TcpConn, first: Uint8Array, began?: Fault) {
    const buffer = new Uint8Array(CHUNK);
    let isSwallowing = false;
    for (let chunk: Uint8Array | undefined = first; chunk; chunk = await read(client, buffer)) {
      const { kind } = fault;
      if (/^[A-Z]+ \//.test(textOf(chunk.subarray(0, 16)))) {
        isSwallowing = kind === "swallow_post" && isPost(chunk);
        if (isSwallowing) swallowed++;
      }
      const isLost = kind === "blackhole" || kind === "deaf" || isSwallowing ||
        (began?.kind === "silent_after_101" && chunk !== first);
      if (!isLost && !await pass(server, chunk)) break;
    }
    end(client, server);
  }

  async function responses(server: Deno.TcpConn, client: Deno.TcpConn, began?: Fault) {
    const buffer = new Uint8Array(CHUNK);
    const held: Uint8Array[] = [];
    let isHolding = false;
    let isAnswered = false;
    let size = 0;
    for (let chunk = await read(server, buffer); chunk; chunk = await read(server, buffer)) {
      size += chunk.length;
      if (began?.kind === "silent_after_101" && isAnswered) continue;
      const is101 = !isAnswered && textOf(chunk.subarray(0, 12)) === "HTTP/1.1 101";
      isAnswered = true;
      if (is101 && (began?.kind === "reset_after_101" || began?.kind === "silent_after_101")) {
        await write(client, headOf(chunk));
        if (began.kind === "silent_after_101") continue;
        break;
      }
      if (fault.kind === "blackhole") continue;
      if (fault.kind === "buffer_sse" && /^content-type: *text\/event-stream/im.test(textOf(chunk))) isHolding = true;
      if (isHolding) {
        held.push(chunk.slice());
        if (size > HELD_MAX) break;
        continue;
      }
      const over = fault.kind === "cut" ? size - fault.bytes : 0;
      if (!await pass(client, over > 0 ? chunk.subarray(0, Math.max(0, chunk.length - over)) : chunk) || over > 0) {
        break;
      }
    }
    if (isHolding && size <= HELD_MAX) { for (const chunk of held) await write(client, chunk); }
    end(client, server);
  }

  async function pass(to: Deno.TcpConn, chunk: Uint8Array): Promise<boolean> {
    if (fault.kind === "delay") {
      const { ms } = fault;
      await new Promise((resolve) => setTimeout(resolve, ms));
    }
    return await write(to, chunk);
  }

  const served = new Set<Promise<void>>();
  const accepting = (async () => {
    for await (const conn of listener) {
      if (open.size >= 2 * CONNECTIONS_MAX) {
        conn.close();
        continue;
      }
      const one: Promise<void> = serve(conn).finally(() => served.delete(one));
      served.add(one);
    }
  })();

  return {
    port: listener.addr.port,
    origin: `http://127.0.0.1:${listener.addr.port}`,
    set: (next) => void (fault = next),
    cut: () => end(...open),
    get upgrades() {
      return upgrades;
    },
    get firstUpgradeAt() {
      return firstUpgradeAt;
    },
    get swallowed() {
      return swallowed;
    },
    async stop() {
      listener.close();
      end(...open);
      await accepting;
      await Promise.all(served);
    },
  };
}

/** What came, in `buffer`, until the next read; undefined at the end, however it came. */
async function read(conn: Deno.TcpConn, buffer: Uint8Array): Promise<Uint8Array | undefined> {
  const length = await conn.read(buffer).catch(() => null);
  return length === null ? undefined : buffer.subarray(0, length);
}

async function write(conn: Deno.TcpConn, bytes: Uint8Array): Promise<boolean> {
  try {
    for (let at = 0; at < bytes.length;) at += await conn.write(bytes.subarray(at));
    return true;
  } catch {
    return false;
  }
}

/** The first bytes of a connection, with the whole head of its request among them. */
async function readHead(conn: Deno.TcpConn): Promise<Uint8Array | undefined> {
  const buffer = new Uint8Array(CHUNK);
  let all = new Uint8Array();
  while (all.length <= HEAD_MAX) {
    const chunk = await read(conn, buffer);
    if (!chunk) return undefined;
    all = new Uint8Array([...all, ...chunk]);
    if (textOf(all).includes(END_OF_HEAD)) return all;
  }
  return undefined;
}

function withoutUpgrade(head: Uint8Array): Uint8Array {
  return bytesOf(textOf(head).replace(/^(upgrade|connection):.*\r\n/gim, ""));
}

function headOf(chunk: Uint8Array): Uint8Array {
  return chunk.subarray(0, textOf(chunk).indexOf(END_OF_HEAD) + END_OF_HEAD.length);
}

const isPost = (chunk: Uint8Array) => textOf(chunk.subarray(0, 5)) === "POST ";

/** One character a byte, so that nothing is lost on the way back. */
function textOf(bytes: Uint8Array): string {
  return Array.from(bytes, (it) => String.fromCharCode(it)).join("");
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (it) => it.charCodeAt(0));
}
