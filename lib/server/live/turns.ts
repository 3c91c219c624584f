/**
 * Calls of one connection that write to one room run in the order in which they came (PROTOCOL.md §5). The log keeps the
 * order of what is appended; but what a call decides on it reads before, so each waits for those ahead of it to be done.
 * Sends do not wait for sends: each decides nothing that the one before could change, and many leave in one commit.
 */
import { type CommandName, commands } from "../../protocol/commands.ts";

interface Turn {
  room: string;
  isSend: boolean;
  done: Promise<unknown>;
}

export class Turns {
  private readonly underWay: Turn[] = []; // at most as many as calls

  /** Runs a call once those ahead of it have ended, however they ended; at once where there are none. */
  take(name: CommandName, body: unknown, run: () => Promise<unknown>): Promise<unknown> {
    const room = "ordered" in commands[name] ? roomOf(body) : undefined;
    if (room === undefined) return run();
    const isSend = name === "messages.send";
    const ahead = this.underWay.filter((it) => it.room === room && !(isSend && it.isSend)).map((it) => it.done);
    const done = ahead.length === 0 ? run() : Promise.allSettled(ahead).then(run);
    const turn = { room, isSend, done };
    this.underWay.push(turn);
    const end = () => void this.underWay.splice(this.underWay.indexOf(turn), 1);
    done.then(end, end);
    return done;
  }
}

function roomOf(body: unknown): string | undefined {
  const room = typeof body === "object" && body !== null && "room" in body ? body.room : undefined;
  return typeof room === "string" ? room : undefined;
}
