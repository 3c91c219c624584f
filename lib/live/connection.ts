/**
 * One WebSocket's side of a session: its frames in, its frames out, and the times it is given. It knows the socket only
 * as an interface, so that the transport is a thin file.
 */
import { Refusal, toProblem } from "../protocol/errors.ts";
import {
  type ByeReason,
  CALLS_MAX,
  type ClientFrame,
  clientFrame,
  close as code,
  PROTOCOL_VERSION,
} from "../protocol/frames.ts";
import type { CommandName } from "../protocol/commands.ts";
import type { User } from "../protocol/users.ts";
import { Calls } from "./calls.ts";
import type { Hub } from "./hub.ts";
import { createSession, type Session, type Sink } from "./session.ts";
import { PING_MS, type Sweeper, type Swept } from "./sweeper.ts";

const HIGH_WATER = 256 * 1024; // bytes unread by a client before frames wait for it
const UNREAD_MAX = 16 * 1024 * 1024; // bytes unread, more than any answer has, on top of which nothing is sent
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
  /** The server is going down: what comes now is refused, what came before is finished. */
  draining(): boolean;
}

export interface Connection {
  /** The socket is open: says welcome. */
  opened(): void;
  text(text: string): void;
  binary(): void;
  tooBig(): void;
  closed(): void;
}

export function createConnection(options: ConnectionOptions): Connection {
  return new LiveConnection(options);
}

/** A class, since there are ten thousand of them: methods are shared, closures are not. */
class LiveConnection implements Connection, Sink, Swept {
  private session: Session | undefined;
  private calls: Calls | undefined;
  private held: string[] | undefined;
  private heardAt = performance.now();
  private frames = 0;
  private windowAt = this.heardAt;
  private look: ReturnType<typeof setTimeout> | undefined;
  private unread = 0; // at most, in characters
  private stuckAt = 0;
  private stuckWith = 0;
  private over = false;

  constructor(private readonly options: ConnectionOptions) {}

  opened(): void {
    const { hub, user, session: id, hash, instance, sweeper } = this.options;
    this.session = createSession({ hub, sink: this, user, id, hash });
    const welcome = { t: "welcome", v: PROTOCOL_VERSION, user, session: id, ping: PING_MS, transport: "ws", instance };
    this.send("welcome", JSON.stringify(welcome));
    sweeper.add(this);
    hub.greet(this.session);
  }

  text(text: string): void {
    if (this.over) return;
    this.heardAt = performance.now();
    if (this.heardAt - this.windowAt > FRAMES_WINDOW_MS) [this.windowAt, this.frames] = [this.heardAt, 0];
    if (this.options.limits && ++this.frames > FRAMES_MAX) return this.session?.bye("overloaded");
    const value = parseJson(text);
    const frame = clientFrame.safeParse(value);
    if (frame.success) return this.handle(frame.data);
    const id = idOf(value);
    if (id === undefined) return this.end(code.policy, "not a frame");
    const detail = "Cannot read frame: it is none of follow, unfollow, watch, call and ping";
    this.reply({ id, error: toProblem(new Refusal("invalid", detail)) });
  }

  binary(): void {
    this.end(code.policy, "not a frame");
  }

  tooBig(): void {
    this.end(code.tooBig, "frame is too large");
  }

  closed(): void {
    if (this.over) this.options.hub.closed(this.options.user.id);
    else this.finish();
  }

  /** The sink's: one encoded frame. */
  send(_t: string, text: string): void {
    if (this.over || this.isLost()) return;
    this.unread += text.length;
    this.options.socket.send(text);
  }

  writable(): boolean {
    if (!this.isFull()) return !this.held?.length;
    if (!this.look && !this.over) {
      this.stuckAt = performance.now();
      this.stuckWith = this.unread;
      this.look = setTimeout(() => this.again(), DRAIN_LOOK_MS);
    }
    return false;
  }

  ended(reason: ByeReason): void {
    this.end(reason === "signed_out" ? code.signedOut : reason === "restart" ? code.restart : code.overloaded, reason);
  }

  sweep(now: number): void {
    if (now - this.heardAt > 2 * PING_MS) this.end(code.pingTimeout, "ping timeout");
  }

  /** Asking the runtime costs as much as a small send, so it is asked only when what was sent since could matter. */
  private isFull(): boolean {
    if (this.unread < HIGH_WATER) return false;
    this.unread = this.options.socket.buffered();
    return this.unread >= HIGH_WATER;
  }

  /** Some frames don't wait until it is read (pongs, what becomes of a follow), and a client may ask for them for ever. */
  private isLost(): boolean {
    if (this.unread <= UNREAD_MAX) return false;
    this.unread = this.options.socket.buffered();
    if (this.unread <= UNREAD_MAX) return false;
    this.end(code.notReading, "not reading");
    return true;
  }

  /** The socket says nothing when it drains, so one that is full is looked at. */
  private again(): void {
    this.look = undefined;
    if (this.over) return;
    if (!this.isFull()) {
      const due = this.held ?? [];
      this.held = undefined;
      for (const text of due) this.send("reply", text);
      return this.session?.drained();
    }
    if (this.unread < this.stuckWith) {
      this.stuckWith = this.unread;
      this.stuckAt = performance.now();
    }
    if (performance.now() - this.stuckAt > NOT_READING_MS) return this.end(code.notReading, "not reading");
    this.look = setTimeout(() => this.again(), DRAIN_LOOK_MS);
  }

  private reply(frame: object): void {
    const text = JSON.stringify({ t: "reply", ...frame });
    if (this.writable()) return this.send("reply", text);
    if (this.over) return;
    (this.held ??= []).push(text);
    if (this.held.length > HELD_MAX) this.end(code.notReading, "replies are not read");
  }

  private end(why: number, reason: string): void {
    if (this.over) return;
    this.finish();
    this.options.hub.outlived(this.options.user.id);
    this.options.socket.close(why, reason);
  }

  private finish(): void {
    this.over = true;
    clearTimeout(this.look);
    this.options.sweeper.delete(this);
    this.held = undefined;
    this.session?.close();
  }

  private handle(frame: ClientFrame): void {
    switch (frame.t) {
      case "follow":
        return this.session?.follow(frame.streams);
      case "unfollow":
        return this.session?.unfollow(frame.streams);
      case "watch":
        return this.session?.watch(frame.users);
      case "ping":
        return this.send("pong", `{"t":"pong","id":${frame.id}}`);
      case "call":
        return this.call(frame);
    }
  }

  private call(frame: Extract<ClientFrame, { t: "call" }>): void {
    const { hub, call, user, draining } = this.options;
    this.calls ??= new Calls({
      run: (name, body) => call(name, body, this.session?.user ?? user),
      reply: (answer) => this.reply(answer),
      failed: hub.failed,
      draining,
    });
    this.calls.take(frame);
  }
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
