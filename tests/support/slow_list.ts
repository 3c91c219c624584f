/** An answer each item of which takes a whole slice of work to be made JSON. */
import { SLICE_MS } from "../../lib/limits/slices.ts";

const ITEMS = 3;
const TEXT = "x".repeat(20_000); // more than is made in one piece

/** What it is as JSON. */
export function longList(): { rooms: string[]; more: boolean } {
  return { rooms: Array.from({ length: ITEMS }, () => TEXT), more: false };
}

export function slowList(): { rooms: object[]; more: boolean } {
  const item = {
    toJSON() {
      const began = performance.now();
      while (performance.now() - began < SLICE_MS);
      return TEXT;
    },
  };
  return { rooms: Array.from({ length: ITEMS }, () => item), more: false };
}
