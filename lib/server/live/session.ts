/** What a session is to the hub, to its transport and to whoever tells it something; `live_session.ts` is what it does. */
import type { ByeReason } from "../../protocol/frames.ts";
import type { User } from "../../protocol/users.ts";
import type { Frame, StateFrame } from "./frame.ts";

/** Where a session's frames go. */
export interface Sink {
  /** Sends a frame, which others get too: it is not to be changed. Never throws. */
  send(frame: Frame): void;
  /** False while the client has too much unread. The session is asked to go on by `drained`. */
  writable(): boolean;
  /** The session has ended by itself: the sign-in is over, or the server drains. */
  ended(reason: ByeReason): void;
}

export interface Session {
  /** As of the last look at the sign-in, at most seconds ago. */
  readonly user: User;
  readonly id: string;
  readonly hash: string;
  /** Whether its sign-in is being looked at, and may have ended. */
  readonly doubted: boolean;
  /** Its sign-in may have ended, and is looked at; gives the number of this doubt. */
  doubt(): number;
  /** It had not when it was looked at for that doubt; the person may be called otherwise now, or do something else. */
  renew(user: User, doubt: number): void;
  /** Follows each stream from its offset; a stream already followed moves. Answers are frames. */
  follow(streams: Record<string, string>): void;
  unfollow(streams: string[]): void;
  watch(users: string[]): void;
  /** Sends a frame of latest state; false while the client doesn't read, so that it has to be sent later. */
  sendState(frame: StateFrame): boolean;
  /** Sends who types in a room once the client reads again. */
  deferTyping(room: string): void;
  /** The sink is writable again. */
  drained(): void;
  /** Whether a stream is still being found or read from storage, or its end is still to be told. */
  busy(): boolean;
  /** The positions of the streams that are followed, as offsets. */
  positions(): Record<string, string>;
  /** Says `bye` and ends. */
  bye(reason: ByeReason): void;
  /** Forgets the session; sends nothing. */
  close(): void;
}
