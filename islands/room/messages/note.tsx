import type { Changes } from "../../../lib/client/stores/changes.ts";
import type { Change } from "../../../lib/client/stores/optimistic.ts";
import type { Message } from "../../../lib/protocol/messages.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";

/** Says which change of a message failed, and why. */
export function Note({ changes, message }: { changes: Changes; message: Message }) {
  return (
    <>
      {changes.failed(message).map((it) => (
        <p key={it.id} class="note bad" role="status">
          <Icon name="alert" small />
          <span>{wordsFor(it)}. {it.reason}</span>
          <button type="button" tabIndex={-1} onClick={() => changes.retry(it.id)}>Retry</button>
          <button type="button" tabIndex={-1} onClick={() => changes.discard(it.id)}>Discard</button>
        </p>
      ))}
    </>
  );
}

function wordsFor({ mutation }: Change): string {
  if (mutation.kind === "edit") return "Edit not saved";
  if (mutation.kind === "delete") return "Not deleted";
  return `${mutation.emoji} not ${mutation.on ? "added" : "removed"}`;
}
