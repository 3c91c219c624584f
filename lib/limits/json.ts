/** JSON of data that may be long, made in slices. */
import { type InSlices, slices } from "./slices.ts";

const PIECE = 16_384; // characters that are made at once

/** What `JSON.stringify` gives of plain data: some items of a list at a time, so that others have turns between them. */
export async function jsonOf(value: object, inSlices: InSlices = slices.inSlices): Promise<string> {
  if ("toJSON" in value) return JSON.stringify(value);
  if (Array.isArray(value)) return await listJson(value, inSlices);
  const fields: string[] = [];
  for (const [name, held] of Object.entries(value)) {
    const json = typeof held === "object" && held !== null ? await jsonOf(held, inSlices) : JSON.stringify(held);
    if (json !== undefined) fields.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${fields.join(",")}}`;
}

/** The JSON of an answer: in slices where there is a list in it, else at once, which is quicker. */
export function answerJson(answer: object): string | Promise<string> {
  const isLong = Object.values(answer).some((held) => Array.isArray(held) && held.length > 1);
  return isLong ? jsonOf(answer) : JSON.stringify(answer);
}

async function listJson(items: readonly unknown[], inSlices: InSlices): Promise<string> {
  const made: string[] = [];
  const piece = () => {
    for (let length = 0; made.length < items.length && length < PIECE;) {
      const json = JSON.stringify(items[made.length]) ?? "null";
      made.push(json);
      length += json.length;
    }
  };
  while (made.length < items.length) await inSlices([undefined], piece);
  return `[${made.join(",")}]`;
}
