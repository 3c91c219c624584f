import type { ReadonlySignal } from "@preact/signals";
import { useMemo } from "preact/hooks";
import { TEXT_MAX } from "../../lib/protocol/fields.ts";
import { counted } from "../../lib/ui/shell/format.ts";

const SHOWN_FROM = 500; // characters that are left
const READ_OUT_EACH = 100;

/** How many characters a message has left, where they are few, and how many it has too many: read out now and then. */
export function LengthLeft({ text }: { text: ReadonlySignal<string> }) {
  const left = TEXT_MAX - text.value.trim().length;
  const words = left > SHOWN_FROM ? "" : left < 0 ? tooLong(-left) : `${counted(left, "character")} left.`;
  const readOut = useMemo(() => words, [words && Math.floor(left / READ_OUT_EACH)]);
  return (
    <>
      {words && <p class={`note grow${left < 0 ? " bad" : ""}`} aria-hidden="true">{words}</p>}
      <span class="vh" role="status">{readOut}</span>
    </>
  );
}

/** "1,000 characters too long." */
export function tooLong(by: number): string {
  return `${counted(by, "character")} too long.`;
}
