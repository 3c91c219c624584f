/** A worker that dies or hangs at certain passwords, and otherwise hashes as ours does. */
import { argon2id } from "../../../lib/server/auth/argon2.ts";
import type { HashAnswer, HashRequest } from "../../../lib/server/auth/hash_worker.ts";

declare const self: {
  onmessage: (event: MessageEvent<HashRequest>) => void;
  postMessage(answer: HashAnswer): void;
};

self.onmessage = async ({ data: { id, question: { password, phc } } }) => {
  if (password === "die") throw new Error("It died");
  if (password === "hang") return;
  self.postMessage({ id, answer: await argon2id(password, phc) });
};
self.postMessage({ ready: true });
