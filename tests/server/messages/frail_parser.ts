/** A worker that dies or hangs at certain texts, and otherwise gives one body for all, so that one sees where it was made. */
import { answerAll } from "../../../lib/server/limits/in_worker.ts";

answerAll<string, string>((text) => {
  if (text.startsWith("die")) throw new Error("It died");
  if (text.startsWith("hang")) return new Promise(() => {});
  return JSON.stringify({ body: [{ t: "p", c: ["from the worker"] }], handles: [], isSeen: true });
});
