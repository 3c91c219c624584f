/** The interface of a session for the hub, its transport and latest state; `live_session.ts` implements it. */
import type { ByeReason } from "../../protocol/frames.ts";
import type { User } from "../../protocol/users.ts";
import type { Frame, StateFrame } from "./frame.ts";

/** Takes a session's frames: a transport implements it. */
export interface Sink {
  /** Sends a frame, which others get too: it is not to be changed. Never throws. */
  send(frame: Frame): void;
  /** False while the client has too much unread. The transport calls `drained` when it goes on. */
  writable(): boolean;
  /** The session has ended by itself: the sign-in is over, or the server drains. */
  ended(reason: ByeReason): void;
}

export interface Session {
  /** As of the last check of the sign-in, at most seconds ago. */
  readonly user: User;
  readonly id: string;
  readonly hash: string;
  /** Whether its sign-in is being checked, and may have ended. */
  readonly doubted: boolean;
  /** Marks the sign-in as being checked; returns the number of this check. */
  doubt(): number;
  /** The check of that number found the sign-in valid; name and role of the person may have changed. */
  renew(user: User, doubt: number): void;
  /**
   * Follows each stream from its offset; a stream that is followed already moves there. The answers are frames, compact
   * ones if asked for.
   */
  follow(streams: Record<string, string>, isCompact?: boolean): void;
  unfollow(streams: string[]): void;
  watch(users: string[]): void;
  /** Sends a frame of latest state; false while the client doesn't read, so that it has to be sent later. */
  sendState(frame: StateFrame): boolean;
  /** Sends who types in a room once the client reads again. */
  deferTyping(room: string): void;
  /** The sink is writable again. */
  drained(): void;
  /** Whether a stream is still being found or read from storage, or a `gone` is still due. */
  busy(): boolean;
  /** The positions of the streams that are followed, as offsets. */
  positions(): ReadonlyMap<string, string>;
  /** Says `bye` and ends. */
  bye(reason: ByeReason): void;
  /** Forgets the session; sends nothing. */
  close(): void;
}
