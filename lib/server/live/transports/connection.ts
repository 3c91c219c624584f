/**
 * One WebSocket connection: reads frames for a session and writes those that the session sends, within the deadlines.
 * It knows the socket only as an interface, so that the transport is a thin file.
 */
import { Refusal, toProblem } from "../../../protocol/errors.ts";
import {
  type ByeReason,
  type ClientFrame,
  clientFrame,
  close as code,
  PROTOCOL_VERSION,
} from "../../../protocol/frames.ts";
import { parseJson } from "../../../protocol/json.ts";
import type { CommandName } from "../../../protocol/commands.ts";
import type { User } from "../../../protocol/users.ts";
import type { Budget } from "../../limits/budget.ts";
import { Calls, type Reply } from "./calls.ts";
import type { Frame } from "../frame.ts";
import type { Hub } from "../hub.ts";
import { Outgoing } from "./outgoing.ts";
import type { Backlog } from "../../limits/backlog.ts";
import { createSession } from "../live_session.ts";
import type { Session, Sink } from "../session.ts";
import { PING_MS, type Sweeper, type Swept } from "./sweeper.ts";

const POINT_CHARS = 512; // of a frame, for one more point
const STREAMS_A_PIECE = 32; // of a frame that names many
/** What frames of one person may weigh in a window before they count as overloading. */
export const FRAMES_POINTS_MAX = 20_000;
export const FRAMES_WINDOW_MS = 10_000;

export interface ConnectionSocket {
  send(text: string): void;
  /** What is sent in the rest of this turn of the event loop leaves in one write, where there is a way. */
  together?(): void;
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
  /** Takes it off the count of admitted connections, because its session counts instead. */
  admitted?: (() => void) | undefined;
  /** The budget of each person: a frame costs a point, one more for each 512 characters, and one for each name. */
  frames: Budget;
  /** Charges its answers, and counts those that the client has not read. */
  shares: { answered(user: string, characters: number): void; backlog: Pick<Backlog, "add"> };
  /** Whether the server is going down: new frames are refused, and earlier ones are finished. */
  draining: AbortSignal;
  /** Counts calls that are refused, by status, and sockets that the server ends, by code. */
  metrics: { refused(status: number): void; closed(code: number): void };
}

export interface Connection {
  /** The socket is open, so it sends `welcome`. */
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
  private readonly outgoing: Outgoing;
  private heardAt: number;
  private over = false;

  constructor(private readonly options: ConnectionOptions) {
    const { hub: { clock }, socket, shares: { backlog }, user } = options;
    this.heardAt = clock.now();
    this.outgoing = new Outgoing({
      clock,
      socket,
      backlog,
      user: user.id,
      drained: () => this.session?.drained(),
      lost: (reason) => this.end(code.notReading, reason),
    });
  }

  opened(): void {
    const { hub, user, session: id, hash, instance, sweeper } = this.options;
    this.session = createSession({ hub, sink: this, user, id, hash });
    const welcome = { t: "welcome", v: PROTOCOL_VERSION, user, session: id, ping: PING_MS, transport: "ws", instance };
    this.outgoing.send(JSON.stringify(welcome));
    sweeper.add(this);
    hub.greet(this.session);
    this.options.admitted?.();
  }

  text(text: string): void {
    if (this.over) return;
    const { hub, user } = this.options;
    this.heardAt = hub.clock.now();
    if (!this.pays(pointsOf(text))) return;
    if (!hub.pace.take(user.id, this.take(text))) this.session?.bye("overloaded");
  }

  /** Reads a frame and carries it out, unless the connection has ended before its turn. */
  private *take(text: string): Generator<number, number> {
    const points = pointsOf(text);
    if (this.over) return 0;
    const value = parseJson(text);
    const frame = clientFrame.safeParse(value);
    if (!frame.success) this.refuseFrame(value);
    if (!frame.success || !this.pays(namesIn(frame.data))) return points;
    if (frame.data.t === "follow") {
      yield points;
      return yield* this.follow(Object.entries(frame.data.streams), frame.data.compact ?? false);
    }
    this.handle(frame.data);
    return points + namesIn(frame.data);
  }

  private *follow(streams: [string, string][], isCompact: boolean): Generator<number, number> {
    for (let at = 0; at < streams.length && !this.over; at += STREAMS_A_PIECE) {
      const piece = streams.slice(at, at + STREAMS_A_PIECE);
      this.session?.follow(Object.fromEntries(piece), isCompact);
      if (at + STREAMS_A_PIECE >= streams.length) return piece.length;
      yield piece.length;
    }
    return 0;
  }

  private refuseFrame(value: unknown): void {
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
    this.options.admitted?.();
    if (this.over) this.options.hub.closed(this.options.user.id);
    else this.finish();
    this.outgoing.closed();
  }

  send(frame: Frame): void {
    this.outgoing.send(frame.text);
  }

  writable(): boolean {
    return this.outgoing.writable();
  }

  ended(reason: ByeReason): void {
    this.end(reason === "signed_out" ? code.signedOut : reason === "restart" ? code.restart : code.overloaded, reason);
  }

  sweep(now: number): void {
    if (now - this.heardAt > 2 * PING_MS) this.end(code.pingTimeout, "ping timeout");
  }

  /** Charges a frame; ends the session of a person who has used up the budget. */
  private pays(points: number): boolean {
    if (this.options.frames.spend(this.options.user.id, points)) return true;
    this.session?.bye("overloaded");
    return false;
  }

  private reply(frame: Reply): void {
    if (frame.error) this.options.metrics.refused(frame.error.status);
    const text = JSON.stringify({ t: "reply", ...frame });
    this.options.shares.answered(this.options.user.id, text.length);
    if (this.calls?.hasMore) this.options.socket.together?.(); // most of them were in the same commit
    this.outgoing.reply(text);
  }

  private end(why: number, reason: string): void {
    if (this.over) return;
    this.finish();
    this.options.metrics.closed(why);
    this.options.hub.outlived(this.options.user.id);
    this.options.socket.close(why, reason);
  }

  private finish(): void {
    this.over = true;
    this.outgoing.end();
    this.options.sweeper.delete(this);
    this.session?.close();
  }

  private handle(frame: Exclude<ClientFrame, { t: "follow" }>): void {
    switch (frame.t) {
      case "unfollow":
        return this.session?.unfollow(frame.streams);
      case "watch":
        return this.session?.watch(frame.users);
      case "ping":
        return this.outgoing.send(`{"t":"pong","id":${frame.id}}`);
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

function pointsOf(text: string): number {
  return 1 + Math.floor(text.length / POINT_CHARS);
}

/** How many things a frame names; each of them costs work. */
function namesIn(frame: ClientFrame): number {
  if (frame.t === "follow") return Object.keys(frame.streams).length;
  return frame.t === "unfollow" ? frame.streams.length : frame.t === "watch" ? frame.users.length : 0;
}

function idOf(value: unknown): number | undefined {
  const id = typeof value === "object" && value !== null && "id" in value ? value.id : undefined;
  return typeof id === "number" && Number.isInteger(id) ? id : undefined;
}
