/**
 * The streams that one client follows by polls: a session whose frames are gathered for one answer at a time
 * (lib/protocol/README.md §5). After an answer it may linger, and takes no frames until the next poll from its
 * positions continues with it.
 */
import { Buffer } from "node:buffer";
import { isWord, NOW } from "../../../protocol/streams.ts";
import { type PollRequest, WAIT_MAX_MS } from "../../../protocol/poll.ts";
import type { ByeReason } from "../../../protocol/frames.ts";
import type { User } from "../../../protocol/users.ts";
import type { Cancel } from "../clock.ts";
import type { Frame } from "../frame.ts";
import type { Hub } from "../hub.ts";
import { presenceFrame } from "../state/presence.ts";
import { createLatestState } from "../state/latest_state.ts";
import { createSession } from "../live_session.ts";
import type { Session, Sink } from "../session.ts";

const ANSWER_BYTES_MAX = 700_000; // no more frames are taken then; with the last one (≤ 256 KiB) it stays below 1 MiB
const STATE_HELD_MS = 5_000; // so long changed latest state waits for other changes
const LOOK_MS = 5; // between two checks for reads under way, at the end of the wait

/** The positions of a client, and what it asks for. */
export interface Standing {
  /** Offsets by the streams' full names. */
  streams: Record<string, string>;
  /** Whose presence is asked for. */
  users: string[];
  /** Latest state is asked for. */
  withState: boolean;
  isCompact: boolean;
}

export interface PollSessionOptions extends Standing {
  hub: Hub;
  user: User;
  session: string;
  hash: string;
}

/** The answer as JSON; `signed_out`: the sign-in ended while it waited, which is a 401. */
export type PollOutcome = { answer: string } | { over: "signed_out" };

type Reason = ByeReason | "now" | "yielded";

export class PollSession implements Sink {
  private readonly session: Session;
  private readonly state = createLatestState();
  private readonly unresolved: Set<string>;
  private readonly gone = new Set<string>();
  private streams: Record<string, string>;
  private frames: string[] = [];
  private bytes = 0;
  /** Its positions when it ended by itself. */
  private lastPositions: ReadonlyMap<string, string> | undefined;
  /** The latest state that was taken of each kind, as JSON. */
  private digest: string | undefined;
  private presence: string | undefined;
  private stateHash: string | undefined;
  /** Ends the poll under way. */
  private done: ((reason: Reason) => void) | undefined;
  private isDue = false; // even without a frame
  private held: Cancel | undefined;
  private isOver = false;
  /** Called if the session ends while it lingers. */
  private lingering: (() => void) | undefined;

  constructor(private readonly options: PollSessionOptions) {
    const { hub, user, session: id, hash, streams } = options;
    this.session = createSession({ hub, user, id, hash, sink: this });
    this.streams = streams;
    this.unresolved = new Set(Object.keys(streams));
  }

  /** Whether the sign-in is being checked, and may have ended. */
  get isDoubted(): boolean {
    return this.session.doubted;
  }

  /** Whether a poll that asks this can go on with it. If one of its streams has ended, a new session says so. */
  standsAt({ streams, users, withState, isCompact }: Standing): boolean {
    const own = this.options;
    const names = Object.keys(streams);
    return !this.session.busy() && withState === own.withState && isCompact === own.isCompact &&
      names.length === Object.keys(this.streams).length &&
      names.every((name) => streams[name] === this.streams[name]) &&
      users.length === own.users.length && users.every((user, i) => user === own.users[i]);
  }

  /**
   * Waits for something to send, at most `wait` ms; one poll at a time. `signal`: the client has gone. `yielded`:
   * another poll takes over with what came, so this one answers nothing and moves nothing.
   */
  async poll(
    { wait, seen }: Pick<PollRequest, "wait" | "seen">,
    { signal, yielded }: { signal: AbortSignal; yielded: Promise<void> },
  ): Promise<PollOutcome> {
    const { clock } = this.options.hub;
    const { promise, resolve } = Promise.withResolvers<Reason>();
    this.done = resolve;
    this.stateHash = seen;
    this.isDue = seen === "" || Object.values(this.streams).includes(NOW);
    if (this.lingering) this.goOn();
    else this.begin();
    this.soon();
    /** The end of the wait; what is being read from storage still comes, within storage's own deadline. */
    const end = () => {
      if (this.session.busy() || !this.isStateReady()) return void (cancel = clock.after(LOOK_MS, end));
      this.takeState();
      resolve("now");
    };
    let cancel = clock.after(Math.min(wait, WAIT_MAX_MS), end);
    if (signal.aborted) resolve("now");
    signal.addEventListener("abort", () => resolve("now"), { once: true });
    yielded.then(() => resolve("yielded"));

    const reason = await promise;
    this.done = undefined;
    cancel();
    this.letState();
    this.isOver ||= reason !== "now" || signal.aborted;
    return reason === "signed_out" ? { over: reason } : this.answer(reason === "yielded");
  }

  /**
   * Stays where it is until the next poll. Returns false, and is to be closed, if it or one of its streams has ended,
   * if one is being read, or if other processes write, whose events the next poll would miss. `over` is called if it
   * ends meanwhile.
   */
  linger(over: () => void): boolean {
    if (this.isOver || this.options.hub.shared || this.gone.size > 0 || this.session.busy()) return false;
    this.lingering = over;
    return true;
  }

  close(): void {
    this.session.close();
  }

  writable(): boolean {
    return this.done !== undefined && this.bytes < ANSWER_BYTES_MAX;
  }

  send(frame: Frame): void {
    const { t } = frame;
    if (t === "followed" || t === "gone") this.unresolved.delete(frame.stream);
    if (t === "gone") this.gone.add(frame.stream);
    if (t === "bye") this.lastPositions = this.session.positions(); // the session drops them right after this
    // Compact events don't say where they begin; nor does a word that was asked with.
    const isStart = t === "followed" && this.options.isCompact && isWord(this.streams[frame.stream]);
    if (t === "events" || t === "gone" || t === "bye" || isStart) {
      this.frames.push(frame.text);
      this.bytes += Buffer.byteLength(frame.text);
    } else if (t !== "followed") {
      if (t === "digest") this.takeDigest(); // the frame has only the changes
      else this.state.take(frame);
      if (t === "presence") this.presence = undefined;
      this.holdState();
    }
    if (t !== "bye") this.soon(); // `ended` comes next, and answers
  }

  ended(reason: ByeReason): void {
    this.isOver = true;
    this.done?.(reason);
    this.lingering?.();
  }

  private begin(): void {
    const { hub, users, withState } = this.options;
    if (withState) {
      hub.greet(this.session).then(() => {
        this.takeDigest(); // The session may not have sent it, because the answer was full.
        this.holdState();
        this.soon();
      });
    } else hub.arrive(this.session);
    if (users.length > 0) this.session.watch(users);
    this.session.follow(this.streams, this.options.isCompact);
  }

  /** Sends the events that came while it lingered, which its followers have, and latest state as of now. */
  private goOn(): void {
    this.lingering = undefined;
    this.session.drained();
    this.takeState();
    this.holdState();
  }

  /** Takes latest state as of now; the session sends it only once in a while. */
  private takeState(): void {
    if (!this.options.withState || !this.isStateReady()) return;
    this.takeDigest();
    const { hub, users } = this.options;
    if (users.length === 0) return;
    const frame = presenceFrame(users, hub.presence);
    if (frame.text === this.presence) return;
    this.presence = frame.text;
    this.state.take(frame);
  }

  private takeDigest(): void {
    const whole = this.options.hub.digestOf(this.session);
    if (whole === undefined || whole.text === this.digest) return;
    this.digest = whole.text;
    this.state.take(whole);
  }

  /** Answers if there is something to send, after the current turn, with all that it brings. */
  private soon(): void {
    if (!(this.frames.length > 0 || this.isDue) || this.unresolved.size > 0 || !this.isStateReady()) return;
    this.done?.("now");
  }

  private isStateReady(): boolean {
    return !this.options.withState || this.state.complete(this.options.users.length > 0);
  }

  /** Sends changed latest state after a while; if it has changed back by then, not at all. */
  private holdState(): void {
    if (!this.done || this.stateHash === undefined) return;
    if (!this.isStateReady() || this.state.stateHash() === this.stateHash) return this.letState();
    this.held ??= this.options.hub.clock.after(STATE_HELD_MS, () => {
      this.isDue = true;
      this.soon();
    });
  }

  private letState(): void {
    this.held?.();
    this.held = undefined;
  }

  private answer(yielded: boolean): PollOutcome {
    const frames = yielded ? [] : this.frames;
    const positions = yielded ? undefined : this.lastPositions ?? this.session.positions();
    const offsets = Object.fromEntries(
      Object.entries(this.streams)
        .filter(([stream]) => yielded || !this.gone.has(stream))
        .map(([stream, offset]) => [stream, positions?.get(stream) ?? offset]),
    );
    const isNews = this.stateHash !== undefined && !yielded && this.isStateReady();
    const seen = isNews ? this.state.stateHash() : this.stateHash;
    if (seen !== this.stateHash) frames.push(...this.state.frames().map((frame) => JSON.stringify(frame)));
    this.streams = offsets;
    [this.frames, this.bytes] = [[], 0];
    const rest = JSON.stringify({ streams: offsets, ...(seen !== undefined && { seen }) });
    return { answer: `{"frames":[${frames.join(",")}],${rest.slice(1)}` };
  }
}
