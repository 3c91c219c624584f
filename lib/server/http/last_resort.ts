/**
 * Ends the process even if its event loop no longer turns. Signals reach every thread that listens for them, so a
 * worker gets them while the main thread is busy for ever, and has a timer that the main thread cannot hold up.
 */

const LAST_RESORT_MS = 4_750; // from the signal; the promise is 5 s, and the drain's own end comes before this

/**
 * From the first of `signals` on, the process has `ms` left, then it is killed. Does nothing where there are no workers
 * (Deno Deploy, which kills by itself). The script is a data URL, which needs no permission to be read.
 */
export function armLastResort(signals: readonly Deno.Signal[], ms: number = LAST_RESORT_MS): void {
  if (typeof Worker === "undefined") return;
  const script = `(${watch})(${JSON.stringify(signals)}, ${ms})`;
  new Worker(`data:text/javascript,${encodeURIComponent(script)}`, { type: "module", name: "last resort" });
}

/** Runs in the worker, as text: it can use nothing from around it. A process may signal itself without permission. */
function watch(signals: Deno.Signal[], ms: number): void {
  for (const signal of signals) {
    Deno.addSignalListener(signal, () => setTimeout(() => Deno.kill(Deno.pid, "SIGKILL"), ms));
  }
}
