/** Calls that the test answers itself; an answer must be of the command's shape, as from the server. */
import type { Caller } from "../../lib/client/connection/calls.ts";
import { readOutput } from "../../lib/client/connection/refusal.ts";
import type { Refusal } from "../../lib/protocol/errors.ts";
import { settled } from "./fake_clock.ts";

export interface Asked {
  name: string;
  body: unknown;
  answer(value: unknown): Promise<void>;
  refuse(refusal: Refusal): Promise<void>;
}

export function createScriptedCaller(): { call: Caller; asked: Asked[] } {
  const asked: Asked[] = [];
  const call: Caller = (name, body) =>
    new Promise((resolve, reject) => {
      asked.push({
        name,
        body,
        answer(value) {
          resolve(readOutput(name, value));
          return settled();
        },
        refuse(refusal) {
          reject(refusal);
          return settled();
        },
      });
    });
  return { call, asked };
}
