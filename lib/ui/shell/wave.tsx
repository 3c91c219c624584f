/** The wave: moves for a while once data may come, stands still before, and lies flat and dotted when none can. */
export type WaveMood = "moving" | "still" | "flat";

export function Wave({ mood = "moving" }: { mood?: WaveMood }) {
  return (
    <svg class={mood === "moving" ? "flow" : `flow ${mood}`} viewBox="0 0 32 10" aria-hidden="true">
      {mood === "flat" ? <path d="M1 5h30" stroke-dasharray=".1 5" /> : <path d="M-16 5q4-6 8 0t8 0 8 0 8 0 8 0 8 0" />}
    </svg>
  );
}
