/** A worker that dies or hangs at certain texts, and otherwise gives one body for all, so that one sees where it was made. */
import type { ParseAnswer, ParseQuestion } from "../../../lib/server/messages/parser.ts";

declare const self: {
  onmessage: (event: MessageEvent<ParseQuestion>) => void;
  postMessage(answer: ParseAnswer): void;
};

self.onmessage = ({ data: { id, question } }) => {
  if (question.startsWith("die")) throw new Error("It died");
  if (question.startsWith("hang")) return;
  const parsed = { body: [{ t: "p", c: ["from the worker"] }], handles: [], isSeen: true };
  self.postMessage({ id, answer: JSON.stringify(parsed) });
};
self.postMessage({ ready: true });
