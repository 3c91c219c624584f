/** Makes JSON of data that may be long, in slices. */
import { type InSlices, slices } from "./slices.ts";

/** `JSON.stringify` for plain data, one item of a list at a time, so that others get turns in between. */
export async function jsonOf(value: object, inSlices: InSlices = slices.inSlices): Promise<string> {
  if (Array.isArray(value)) {
    return `[${(await inSlices(value, (item) => JSON.stringify(item) ?? "null")).join(",")}]`;
  }
  const fields: string[] = [];
  for (const [name, held] of Object.entries(value)) {
    const json = typeof held === "object" && held !== null ? await jsonOf(held, inSlices) : JSON.stringify(held);
    if (json !== undefined) fields.push(`${JSON.stringify(name)}:${json}`);
  }
  return `{${fields.join(",")}}`;
}
