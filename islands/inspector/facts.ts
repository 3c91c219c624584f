/** The figures of the inspector: the position of each stream, reconnects and healed gaps. */
import { counted } from "../../lib/ui/shell/format.ts";
import type { Fact, Inspected } from "./inspected.ts";
import { isFailure, transportNames, whatHappened } from "./words.ts";

/** The facts as they are now. Reads signals. */
export function facts({ live, streams, waiting }: Inspected, timeOf: (at: number) => string): Fact[] {
  const { reconnects, gapsHealed } = live.status.value;
  const notes = live.history.notes.value;
  const begun = notes.filter((it) => it.kind === "live");
  const last = notes.findLast((it) => isFailure(it) || it.kind === "away");
  const unsent = waiting?.();
  return [
    ...streams(),
    { name: "Gaps healed", value: `${gapsHealed}` },
    { name: "Reconnects", value: reconnects === 0 ? "0" : `${reconnects}, last at ${timeOf(begun.at(-1)?.at ?? 0)}` },
    ...unsent === undefined
      ? []
      : [{ name: "Waiting to send", value: unsent === 0 ? "0" : counted(unsent, "message") }],
    {
      name: "Last error",
      value: last ? `${transportNames[last.transport]}: ${whatHappened(last)}, ${timeOf(last.at)}` : "none",
    },
  ];
}
