import type { User } from "../../protocol/users.ts";
import { Avatar } from "../shell/avatar.tsx";
import { Icon } from "../shell/icon.tsx";
import { personName } from "../shell/names.ts";
import type { Pending } from "./rows.ts";

export interface PendingItemProps {
  pending: Pending;
  me: User;
  isMore: boolean;
  isStop: boolean;
  /** Whether it waits until the connection is back. */
  isAway?: boolean | undefined;
  onRetry(key: string): void;
  onDiscard(key: string): void;
}

/** A message of mine that is being sent, or that could not be sent. Its text stands where the message will be. */
export function PendingItem({ pending, me, isMore, isStop, isAway, onRetry, onDiscard }: PendingItemProps) {
  const { key, text, state, reason } = pending;
  const isFailed = state === "failed";
  const waiting = isAway ? "Waiting for connection" : "Sending";
  return (
    <div
      class={`msg${isMore ? " more" : ""}${isFailed ? "" : " sending"}`}
      role="listitem"
      data-row={key}
      tabIndex={isStop ? 0 : -1}
      aria-label={`You, ${isFailed ? "not sent" : waiting.toLowerCase()}: ${text}`}
    >
      {!isMore && (
        <>
          <Avatar user={me} />
          <p class="who">
            <b>{personName(me)}</b>
          </p>
        </>
      )}
      <p class="text raw" dir="auto">{text}</p>
      {isFailed
        ? (
          <p class="note bad" role="status">
            <Icon name="alert" small />
            <span>Not sent. {reason}</span>
            <button type="button" tabIndex={-1} onClick={() => onRetry(key)}>Retry</button>
            <button type="button" tabIndex={-1} onClick={() => onDiscard(key)}>Discard</button>
          </p>
        )
        : (
          <p class="note">
            <Icon name="clock" small />
            {waiting}
          </p>
        )}
    </div>
  );
}
