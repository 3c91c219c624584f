/** Turns between long pieces of work: sockets are heard in them. */
import { later } from "../../lib/server/limits/turns.ts";
import { createSlices, SLICE_MS } from "../../lib/server/limits/slices.ts";
import { assertHeard } from "../support/heard.ts";

// A ping, there and back, is heard in two turns or three; by `setImmediate` alone in 60 and more.
const slices = { pieceMs: SLICE_MS, piecesMax: 8 };

Deno.test("a socket is heard between any two turns of long work", () => assertHeard({ ...slices, next: later }));

Deno.test("and between any two slices", () => {
  const { next } = createSlices();
  return assertHeard({
    ...slices,
    async next(goOn) {
      await next();
      goOn();
    },
  });
});
