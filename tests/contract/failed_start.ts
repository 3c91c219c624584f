/** Starts that must fail: with one line that names the setting at fault. */
import assert from "node:assert/strict";
import { within } from "../faults/within.ts";
import { type StartOptions, startServer } from "../support/server.ts";

const SOON_MS = 5_000; // for the process to end once it has said something

/** Starts a server that cannot start; gives its exit status and the lines on stderr. */
export async function failedStart(options: StartOptions): Promise<{ status: number; lines: string[] }> {
  const linesOf = (text: string) => text.trimEnd().split("\n");
  try {
    const server = await startServer(options); // a line that quotes a URL looks like a start
    const { code } = await within(SOON_MS, "the process to end", server.ended).finally(() => server.stop());
    return { status: code, lines: linesOf(server.stderr()) };
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    const [first = "", ...lines] = linesOf(error.message);
    return { status: Number(/^The server ended with status (\d+):$/.exec(first)?.[1]), lines };
  }
}

/** Asserts a status that is not 0, and one line that names the setting and holds no stack. */
export function assertOneLine({ status, lines }: { status: number; lines: string[] }, setting: string): void {
  assert(status > 0, `${setting}: status ${status}`);
  assert.equal(lines.length, 1, lines.join("\n"));
  assert.match(lines[0] ?? "", new RegExp(setting));
  assert.doesNotMatch(lines[0] ?? "", /\bat \S+:\d+:\d+/, "no stack");
}
