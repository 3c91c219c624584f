/** The part below the messages: the way to newer ones, the composer or its substitute, and who is typing. */
import type { ComponentChildren } from "preact";
import type { Room } from "../../protocol/rooms.ts";
import { counted } from "../shell/format.ts";
import { Icon } from "../shell/icon.tsx";
import { typingLine } from "../shell/names.ts";

export interface DockProps {
  children: ComponentChildren;
  /** Names of those who type. */
  typing: readonly string[];
}

/** `children`: a `Pill`, then a `Composer`, a `JoinBar` or an `ArchivedBar`. */
export function Dock({ children, typing }: DockProps) {
  const line = typingLine(typing);
  return (
    <div class="dock">
      {children}
      <div class="under">
        <span class="typing" role="status">
          {line && (
            <>
              <span aria-hidden="true">
                <i />
                <i class="d1" />
                <i class="d2" />
              </span>
              <span class="cut">{line}</span>
            </>
          )}
        </span>
      </div>
    </div>
  );
}

/** Jumps to the end: "3 new messages", or "Newest messages" when nothing came since. */
export function Pill({ count, onClick }: { count: number; onClick(): void }) {
  return (
    <button class="pill" type="button" onClick={onClick}>
      <Icon name="down" small />
      {count > 0 ? counted(count, "new message") : "Newest messages"}
    </button>
  );
}

/** Anybody may read a public room, but must join it to post. */
export function JoinBar({ room, onJoin }: { room: Room; onJoin?(event: SubmitEvent): void }) {
  return (
    <form class="joinbar row" method="post" action={`/rooms/${room.id}/join`} onSubmit={onJoin}>
      <p class="grow mid cut">Join #{room.name} to post.</p>
      <button class="btn go" type="submit">Join</button>
    </form>
  );
}

export interface ArchivedBarProps {
  room: Room;
  /** Whether I may take it out of the archive. */
  mayManage: boolean;
  onUnarchive?(event: SubmitEvent): void;
}

/** Takes the composer's place. */
export function ArchivedBar({ room, mayManage, onUnarchive }: ArchivedBarProps) {
  return (
    <form class="joinbar row mid" method="post" action={`/rooms/${room.id}/unarchive`} onSubmit={onUnarchive}>
      <Icon name="archive" />
      <p class="grow">Archived. You can read it, not post.</p>
      {mayManage && <button class="btn" type="submit">Unarchive</button>}
    </form>
  );
}

/** The text of somebody who may not write here, for them to copy. */
export function Unsent({ text }: { text: string }) {
  return (
    <label class="field">
      Not sent
      <textarea class="input" readOnly rows={4}>{text}</textarea>
    </label>
  );
}
