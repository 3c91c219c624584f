/** The wave: a short line that moves while data moves; flat and dotted where it doesn't. */
export function Wave({ flat = false }: { flat?: boolean }) {
  return (
    <svg class={flat ? "flow flat" : "flow"} viewBox="0 0 32 10" aria-hidden="true">
      {flat ? <path d="M1 5h30" stroke-dasharray=".1 5" /> : <path d="M-16 5q4-6 8 0t8 0 8 0 8 0 8 0 8 0 8 0" />}
    </svg>
  );
}
