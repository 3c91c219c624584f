/** The entry of the worker that parses texts. It is bundled into `static/build`, which is all that may be read. */
import { answerAll } from "../limits/in_worker.ts";
import { parseText } from "./parse.ts";

// The answer is JSON, which is four times as quick to take as a cloned tree.
answerAll<string, string>((text) => JSON.stringify(parseText(text)));
