/** The worker's side of `createSupervisedWorker`: answers questions, and lets the main thread have the cores first. */
import { getPriority, setPriority } from "node:os";
import type { Question, Said } from "./worker.ts";

/** By how much a worker is nicer than its process: where both want a core, the main thread gets 3/4 of it. */
const NICER = 5;
const NICE_MAX = 19;

/** The part of a worker's global scope that is used here; the DOM's types have none. */
declare const self: {
  onmessage: (event: MessageEvent) => void;
  postMessage(said: Said<unknown>): void;
};

export function answerAll<Q, A>(answer: (question: Q) => A | Promise<A>): void {
  stepBack();
  self.onmessage = async ({ data: { id, question } }: MessageEvent<Question<Q>>) => {
    self.postMessage({ id, answer: await answer(question) });
  };
  self.postMessage({ ready: true });
}

/** Elsewhere than on Linux it would be the whole process that steps back, so there nothing does. */
function stepBack(): void {
  if (Deno.build.os !== "linux") return;
  try {
    setPriority(Math.min(NICE_MAX, getPriority() + NICER));
  } catch {
    // Without --allow-sys it is no nicer than the rest.
  }
}
