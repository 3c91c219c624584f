/** The entry of the worker that hashes passwords. It is bundled into `static/build`, which is all that may be read. */
import { argon2id } from "./argon2.ts";
import type { HashAnswer, HashRequest } from "./hash_worker.ts";

/** The part of a worker's global scope that is used here; the DOM's types have none. */
declare const self: {
  onmessage: (event: MessageEvent<HashRequest>) => void;
  postMessage(answer: HashAnswer): void;
};

self.onmessage = async ({ data: { id, question: { password, phc } } }) => {
  self.postMessage({ id, answer: await argon2id(password, phc) });
};
self.postMessage({ ready: true });
