/**
 * The output of one socket. Bytes that the client has not read are bounded and counted in the backlog of its person,
 * and the client is given up after 30 s without progress.
 */
import { CALLS_MAX } from "../../../protocol/frames.ts";
import type { Cancel, Clock } from "../clock.ts";
import type { Backlog } from "../../limits/backlog.ts";

const HIGH_WATER = 256 * 1024; // bytes unread by a client before frames wait for it
const UNREAD_MAX = 4 * 1024 * 1024; // bytes unread; more than any answer has, and beyond it nothing is sent
const HELD_MAX = CALLS_MAX; // replies that wait for a client to read
const HELD_CHARS_MAX = UNREAD_MAX; // of those replies
const DRAIN_CHECK_MS = 25; // between two checks of a socket that isn't read
const NOT_READING_MS = 30_000; // without progress before it is given up

export interface OutgoingOptions {
  clock: Clock;
  socket: { send(text: string): void; buffered(): number };
  backlog: Pick<Backlog, "add">;
  user: string;
  /** The client reads again. */
  drained(): void;
  /** The client is given up: nothing more will be sent. */
  lost(reason: string): void;
}

/** A class, since there are ten thousand of them. */
export class Outgoing {
  private held: string[] = [];
  private heldChars = 0;
  private check: Cancel | undefined;
  private unread = 0; // at most, in characters
  private stuckAt = 0;
  private stuckWith = 0;
  private reported = 0; // of the backlog
  private over = false;

  constructor(private readonly options: OutgoingOptions) {}

  send(text: string): void {
    if (this.over || this.isLost()) return;
    this.unread += text.length;
    this.options.socket.send(text);
    if (this.unread >= HIGH_WATER) this.checkSoon(); // so that its debt is known even if nothing more is sent
  }

  /** Sends a reply, at once or when those before it are read. */
  reply(text: string): void {
    if (this.writable()) return this.send(text);
    if (this.over) return;
    this.held.push(text);
    this.heldChars += text.length;
    this.reportBacklog();
    if (this.held.length > HELD_MAX || this.heldChars > HELD_CHARS_MAX) this.options.lost("replies are not read");
  }

  /** False while too much is unread; then the socket is checked until it has drained. */
  writable(): boolean {
    if (!this.isFull()) return this.held.length === 0;
    this.checkSoon();
    return false;
  }

  /** Sends nothing more. The bytes in the socket count until it is closed. */
  end(): void {
    this.over = true;
    this.check?.();
    [this.held, this.heldChars] = [[], 0];
    this.reportBacklog();
  }

  /** The socket is closed, and its bytes are gone. */
  closed(): void {
    this.unread = 0;
    this.reportBacklog();
  }

  private checkSoon(): void {
    if (this.check || this.over) return;
    this.stuckAt = this.options.clock.now();
    this.stuckWith = this.unread;
    this.checkLater();
  }

  /** Asks the runtime only once enough was sent to matter, because asking costs as much as a small send. */
  private isFull(): boolean {
    if (this.unread < HIGH_WATER) return false;
    this.unread = this.options.socket.buffered();
    this.reportBacklog();
    return this.unread >= HIGH_WATER;
  }

  /** Bounds the frames that don't wait until the client reads (pongs, answers to a follow), which it may ask for. */
  private isLost(): boolean {
    if (this.unread <= UNREAD_MAX) return false;
    this.unread = this.options.socket.buffered();
    if (this.unread <= UNREAD_MAX) return false;
    this.options.lost("not reading");
    return true;
  }

  /** The socket has no event for being drained, so a full one is checked by a timer. */
  private again(): void {
    this.check = undefined;
    if (this.over) return;
    if (!this.isFull()) {
      const due = this.held;
      [this.held, this.heldChars] = [[], 0];
      this.reportBacklog();
      for (const text of due) this.send(text);
      return this.options.drained();
    }
    if (this.unread < this.stuckWith) {
      this.stuckWith = this.unread;
      this.stuckAt = this.options.clock.now();
    }
    if (this.options.clock.now() - this.stuckAt > NOT_READING_MS) return this.options.lost("not reading");
    this.checkLater();
  }

  private checkLater(): void {
    this.check = this.options.clock.after(DRAIN_CHECK_MS, () => this.again());
  }

  /** Reports the backlog of the socket: nothing while it is not full. */
  private reportBacklog(): void {
    const now = (this.unread < HIGH_WATER ? 0 : this.unread) + this.heldChars;
    if (now !== this.reported) this.options.backlog.add(this.options.user, now - this.reported);
    this.reported = now;
  }
}
