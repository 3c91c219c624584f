/**
 * Calls of one connection that write to one room run in the order in which they came (lib/protocol/README.md §5). The
 * log keeps the order of appends, but a call reads what it decides on earlier, so each waits until those ahead of it
 * are done. Sends do not wait for sends: none depends on the one before, and many leave in one commit.
 */
import type { Command } from "../../protocol/command.ts";
import { type CommandName, commands } from "../../protocol/commands.ts";

interface Turn {
  room: string;
  /** Its command, where calls of it need not wait for each other. */
  together: CommandName | undefined;
  done: Promise<unknown>;
}

export class Turns {
  private readonly underWay: Turn[] = []; // at most as many as calls

  /** Runs a call once those ahead of it have ended, however they ended; at once where there are none. */
  take(name: CommandName, body: unknown, run: () => Promise<unknown>): Promise<unknown> {
    const { ordered }: Command = commands[name];
    const room = ordered === undefined ? undefined : roomOf(body);
    if (room === undefined) return run();
    const together = ordered === "together" ? name : undefined;
    const waitsFor = (it: Turn) => it.room === room && (together === undefined || it.together !== together);
    const ahead = this.underWay.filter(waitsFor).map((it) => it.done);
    const done = ahead.length === 0 ? run() : Promise.allSettled(ahead).then(run);
    const turn = { room, together, done };
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
