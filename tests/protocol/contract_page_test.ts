/** The contract page names each command and each event, and no others (lib/protocol/README.md §3, §4). */
import assert from "node:assert/strict";
import { commands } from "../../lib/protocol/commands.ts";
import { streamEvents } from "../../lib/protocol/events.ts";

const page = await Deno.readTextFile(new URL("../../lib/protocol/README.md", import.meta.url));

/** The cells of the rows of a section's tables. */
function rowsOf(section: number): string[][] {
  const text = page.split(/^## /m).find((it) => it.startsWith(`${section}. `)) ?? "";
  const lines = text.split("\n").filter((line) => line.startsWith("| "));
  return lines.map((line) => line.split(/(?<!\\)\|/).slice(1, -1).map((cell) => cell.trim()));
}

/** The names in a cell: after `invites.create` comes `list`, for `invites.list`. */
function namesIn(cell: string): string[] {
  let feature = "";
  return [...cell.matchAll(/`(?:([a-zA-Z]+)\.)?([a-zA-Z]+)`/g)].map(([, named, verb]) => {
    feature = named ?? feature;
    return `${feature}.${verb}`;
  });
}

Deno.test("the contract page describes each command, and no other", () => {
  const described = rowsOf(3).flatMap(([name = ""]) => namesIn(name));
  assert.deepEqual(described.toSorted(), Object.keys(commands).toSorted());
});

Deno.test("the contract page describes each event with the streams that carry it, and no other", () => {
  const known: string[] = Object.values(streamEvents).flatMap((events) => Object.keys(events));
  const rows = new Map(rowsOf(4).map(([stream = "", events = ""]) => [stream.replace(/[`:]/g, ""), events]));
  for (const [stream, events] of Object.entries(streamEvents)) {
    const named = [...(rows.get(stream) ?? "").matchAll(/`([a-z]+\.[a-zA-Z]+)`/g)].map(([, name = ""]) => name);
    assert.deepEqual(Object.keys(events).filter((it) => !named.includes(it)), [], `not described: ${stream}`);
    assert.deepEqual(named.filter((it) => !known.includes(it)), [], `no events: ${stream}`);
  }
});
