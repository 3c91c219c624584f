/** The entry of the worker that hashes passwords. It is bundled into `static/build`, which is all that may be read. */
import { answerAll } from "../limits/in_worker.ts";
import { argon2id, type Hashed } from "./argon2.ts";
import type { ToHash } from "./hash_worker.ts";

answerAll<ToHash, Hashed>(({ password, phc }) => argon2id(password, phc));
