/** The entry of the worker that parses texts. It is bundled into `static/build`, which is all that may be read. */
import { parseText } from "./parse.ts";
import type { ParseAnswer, ParseQuestion } from "./parser.ts";

/** The part of a worker's global scope that is used here; the DOM's types have none. */
declare const self: {
  onmessage: (event: MessageEvent<ParseQuestion>) => void;
  postMessage(answer: ParseAnswer): void;
};

self.onmessage = ({ data: { id, question } }) => self.postMessage({ id, answer: JSON.stringify(parseText(question)) });
self.postMessage({ ready: true });
