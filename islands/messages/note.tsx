import type { Change, Changes } from "../../lib/client/changes.ts";
import type { Message } from "../../lib/protocol/messages.ts";
import { Icon } from "../../lib/ui/icon.tsx";

/** Refusals are told as sentences (PROTOCOL.md §2); what was not done is said here. */
const REFUSED = /^Cannot [^:]+: /;

/** Says what of a message was not taken, and why. */
export function Note({ changes, message }: { changes: Changes; message: Message }) {
  return (
    <>
      {changes.failed(message).map((it) => (
        <p key={it.id} class="note bad" role="status">
          <Icon name="alert" small />
          <span>{wordsFor(it)}: {it.reason?.replace(REFUSED, "")}.</span>
          <button type="button" onClick={() => changes.retry(it.id)}>Retry</button>
          <button type="button" onClick={() => changes.discard(it.id)}>Discard</button>
        </p>
      ))}
    </>
  );
}

function wordsFor({ wish }: Change): string {
  if (wish.kind === "edit") return "Edit not saved";
  if (wish.kind === "delete") return "Not deleted";
  return `${wish.emoji} not ${wish.on ? "added" : "taken back"}`;
}
