/** Calls over a session: matches replies to calls, each with a deadline, as many at once as the server allows. */
import type { Input, Output } from "../../protocol/commands.ts";
import { type PageCommand, pageCommands } from "../../protocol/page_commands.ts";
import { Refusal } from "../../protocol/errors.ts";
import { CALLS_MAX, type ClientFrame, FRAME_BYTES_MAX, type ServerFrames } from "../../protocol/frames.ts";
import type { Cancel, Clock } from "./clock.ts";
import { readOutput, toRefusal } from "./refusal.ts";

export const CALL_DEADLINE_MS = 15_000;
export const CALLS_WAITING_MAX = 256;

const encoder = new TextEncoder();

/** Throws `Refusal`: `unavailable` also if no answer came (it may have run), `too_large` beyond a frame's size. */
export type Caller = <N extends PageCommand>(name: N, body: Input<N>) => Promise<Output<N>>;

export interface Calls {
  call: Caller;
  reply(frame: ServerFrames["reply"]): void;
  /** The connection is gone: calls that wait for an answer or their turn throw `unavailable`. */
  drop(): void;
}

interface UnderWay {
  verb: string;
  frame: ClientFrame;
  settle(frame: ServerFrames["reply"]): void;
  fail(error: Refusal): void;
}

export function createCalls({ clock, send }: { clock: Clock; send(frame: ClientFrame): void }): Calls {
  const underWay = new Map<number, UnderWay>();
  const waiting = new Map<number, UnderWay>();
  let last = 0;

  function call<N extends PageCommand>(name: N, body: Input<N>): Promise<Output<N>> {
    const { verb } = pageCommands[name];
    if (waiting.size >= CALLS_WAITING_MAX) {
      return Promise.reject(new Refusal("rate_limited", `Cannot ${verb}: too many calls are waiting`));
    }
    const id = ++last;
    const asking: ClientFrame = { t: "call", id, name, body };
    // The server would close the connection for it, and the call would be tried again on the next one.
    if (encoder.encode(JSON.stringify(asking)).length > FRAME_BYTES_MAX) {
      return Promise.reject(new Refusal("too_large", `Cannot ${verb}: it is too large`));
    }
    return new Promise((resolve, reject) => {
      let deadline: Cancel = () => {};
      const over = () => {
        deadline();
        underWay.delete(id);
        waiting.delete(id);
        next();
      };
      const one: UnderWay = {
        verb,
        frame: asking,
        settle(frame) {
          over();
          if (frame.error) return reject(toRefusal(frame.error));
          try {
            resolve(readOutput(name, frame.result));
          } catch (error) {
            reject(error);
          }
        },
        fail(error) {
          over();
          reject(error);
        },
      };
      deadline = clock.after(CALL_DEADLINE_MS, () => one.fail(noAnswer(verb)));
      waiting.set(id, one);
      next();
    });
  }

  function next() {
    for (const [id, one] of waiting) {
      if (underWay.size >= CALLS_MAX) return;
      waiting.delete(id);
      underWay.set(id, one);
      send(one.frame);
    }
  }

  return {
    call,
    reply: (frame) => underWay.get(frame.id)?.settle(frame),
    drop() {
      const all = [...underWay.values(), ...waiting.values()];
      underWay.clear();
      waiting.clear();
      for (const one of all) one.fail(noAnswer(one.verb));
    },
  };
}

function noAnswer(verb: string): Refusal {
  return new Refusal("unavailable", `Cannot ${verb}: no answer came`);
}
