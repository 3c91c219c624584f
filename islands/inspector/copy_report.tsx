import { useSignal } from "@preact/signals";
import { Icon } from "../../lib/ui/shell/icon.tsx";
import type { Inspected } from "./inspected.ts";
import { report } from "./report.ts";

/** Copies the report; where the clipboard is closed to us it is shown to be copied by hand. */
export function CopyReport({ inspected }: { inspected: Inspected }) {
  const isCopied = useSignal(false);
  const shown = useSignal<string | undefined>(undefined);
  const copy = async () => {
    const text = report(inspected, Date.now());
    try {
      await navigator.clipboard.writeText(text);
      isCopied.value = true;
    } catch { // Also where there is no clipboard: outside secure contexts.
      shown.value = text;
    }
  };
  if (shown.value !== undefined) {
    return (
      <textarea
        class="input"
        readonly
        rows={6}
        aria-label="Report to copy"
        value={shown.value}
        ref={(field) => field?.select()}
      />
    );
  }
  return (
    <>
      <button class="btn" type="button" onClick={() => void copy()}>
        <Icon name={isCopied.value ? "check" : "copy"} small />
        {isCopied.value ? "Copied" : "Copy report"}
      </button>
      <span class="vh" role="status">{isCopied.value && "Report copied"}</span>
    </>
  );
}
