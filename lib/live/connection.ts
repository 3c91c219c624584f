/**
 * One WebSocket's side of a session: its frames in, its frames out, and the times it is given. It knows the socket only
 * as an interface, so that the transport is a thin file.
 */
import { Refusal, toProblem } from "../protocol/errors.ts";
import { CALLS_MAX, type ClientFrame, clientFrame, close as code, PROTOCOL_VERSION } from "../protocol/frames.ts";
import { type CommandName, commands, isCommand } from "../protocol/commands.ts";
import type { User } from "../protocol/users.ts";
import type { Hub } from "./hub.ts";
import { createSession, type Session } from "./session.ts";

export const PING_MS = 25_000; // a client that has sent nothing for this long sends a ping
const HIGH_WATER = 256 * 1024; // bytes unread by a client before frames wait for it
const DRAIN_LOOK_MS = 25; // between two looks at a socket that isn't read
const NOT_READING_MS = 30_000; // without progress before 4001
const HELD_MAX = CALLS_MAX; // replies that wait for a client to read
const FRAMES_MAX = 2_000; // frames in a window before the client counts as overloading
const FRAMES_WINDOW_MS = 10_000;

export interface ConnectionSocket {
  send(text: string): void;
  buffered(): number;
  close(code: number, reason?: string): void;
}

/** Looks at all connections by one timer: ten thousand of their own would cost more than the connections. */
export interface Sweeper {
  add(sweep: (now: number) => void): void;
  delete(sweep: (now: number) => void): void;
  /** Looks now; `now` is monotonic, in ms. */
  look(now: number): void;
  close(): void;
}

export function createSweeper(): Sweeper {
  const sweeps = new Set<(now: number) => void>();
  const look = (now: number) => {
    for (const sweep of sweeps) sweep(now);
  };
  const timer = setInterval(() => look(performance.now()), PING_MS / 2);
  return { add: (it) => sweeps.add(it), delete: (it) => sweeps.delete(it), look, close: () => clearInterval(timer) };
}

export interface ConnectionOptions {
  hub: Hub;
  sweeper: Sweeper;
  socket: ConnectionSocket;
  user: User;
  session: string;
  hash: string;
  instance: string;
  /** Runs a command for this session's person. Throws `Refusal`. */
  call(name: CommandName, body: unknown, user: User): Promise<unknown>;
  /** False switches the limit of frames off, for load tests. */
  limits: boolean;
}

export interface Connection {
  /** The socket is open: says welcome. */
  opened(): void;
  text(text: string): void;
  /** A frame that is none. */
  refuse(code: number): void;
  closed(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  const { hub, socket, sweeper } = options;
  let session: Session | undefined;
  let calls = 0;
  let held: string[] = [];
  let heardAt = performance.now();
  let frames = 0;
  let windowAt = heardAt;
  let look: ReturnType<typeof setTimeout> | undefined;
  let unread = 0; // at most, in characters
  let stuckAt = 0;
  let stuckWith = 0;
  let over = false;

  /** Asking the runtime costs as much as a small send, so it is asked only when what was sent since could matter. */
  const isFull = () => {
    if (unread < HIGH_WATER) return false;
    unread = socket.buffered();
    return unread >= HIGH_WATER;
  };
  const write = (text: string) => {
    unread += text.length;
    socket.send(text);
  };
  const writable = () => {
    if (!isFull()) return held.length === 0;
    if (!look && !over) {
      stuckAt = performance.now();
      stuckWith = unread;
      look = setTimeout(again, DRAIN_LOOK_MS);
    }
    return false;
  };

  /** The socket says nothing when it drains, so one that is full is looked at. */
  function again(): void {
    look = undefined;
    if (over) return;
    if (!isFull()) {
      const due = held;
      held = [];
      for (const text of due) write(text);
      return session?.drained();
    }
    if (unread < stuckWith) {
      stuckWith = unread;
      stuckAt = performance.now();
    }
    if (performance.now() - stuckAt > NOT_READING_MS) return end(code.notReading, "not reading");
    look = setTimeout(again, DRAIN_LOOK_MS);
  }

  function sweep(now: number): void {
    if (now - heardAt > 2 * PING_MS) end(code.pingTimeout, "ping timeout");
  }

  function reply(frame: object): void {
    const text = JSON.stringify({ t: "reply", ...frame });
    if (writable()) return write(text);
    held.push(text);
    if (held.length > HELD_MAX) end(code.notReading, "replies are not read");
  }

  function end(why: number, reason: string): void {
    if (over) return;
    finish();
    socket.close(why, reason);
  }

  function finish(): void {
    over = true;
    clearTimeout(look);
    sweeper.delete(sweep);
    held = [];
    session?.close();
  }

  function handle(frame: ClientFrame): void {
    switch (frame.t) {
      case "follow":
        return session?.follow(frame.streams);
      case "unfollow":
        return session?.unfollow(frame.streams);
      case "watch":
        return session?.watch(frame.users);
      case "ping":
        return write(`{"t":"pong","id":${frame.id}}`);
      case "call":
        return call(frame);
    }
  }

  function call({ id, name, body }: Extract<ClientFrame, { t: "call" }>): void {
    if (calls >= CALLS_MAX) {
      const detail = `Cannot call ${name}: ${CALLS_MAX} calls are under way`;
      return reply({ id, error: toProblem(new Refusal("rate_limited", detail, { retryAfter: 1_000 })) });
    }
    calls++;
    answer(name, body).then((result) => reply({ id, result }), (error) => {
      if (!(error instanceof Refusal)) hub.failed(error);
      reply({ id, error: toProblem(error) });
    }).finally(() => calls--);
  }

  async function answer(name: string, body: unknown): Promise<unknown> {
    if (!isCommand(name) || "cookie" in commands[name]) {
      throw new Refusal("not_found", "Cannot call: there is no such command");
    }
    return await options.call(name, body, session?.user ?? options.user);
  }

  return {
    opened() {
      session = createSession({
        hub,
        sink: { send: (_, frame) => write(frame), writable },
        user: options.user,
        id: options.session,
        hash: options.hash,
        ended(reason) {
          if (over) return;
          finish();
          socket.close(
            reason === "signed_out" ? code.signedOut : reason === "restart" ? code.restart : code.overloaded,
            reason,
          );
        },
      });
      write(JSON.stringify({
        t: "welcome",
        v: PROTOCOL_VERSION,
        user: options.user,
        session: options.session,
        ping: PING_MS,
        transport: "ws",
        instance: options.instance,
      }));
      sweeper.add(sweep);
      hub.greet(session);
    },

    text(text) {
      if (over) return;
      heardAt = performance.now();
      if (heardAt - windowAt > FRAMES_WINDOW_MS) [windowAt, frames] = [heardAt, 0];
      if (options.limits && ++frames > FRAMES_MAX) return session?.bye("overloaded");
      const value = parseJson(text);
      const frame = clientFrame.safeParse(value);
      if (frame.success) return handle(frame.data);
      const id = idOf(value);
      if (id === undefined) return end(code.policy, "not a frame");
      const detail = "Cannot read frame: it is none of follow, unfollow, watch, call and ping";
      reply({ id, error: toProblem(new Refusal("invalid", detail)) });
    },

    refuse(why) {
      end(why, why === code.tooBig ? "frame is too large" : "not a frame");
    },

    closed() {
      if (!over) finish();
    },
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function idOf(value: unknown): number | undefined {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "number" && Number.isInteger(id) ? id : undefined;
}
