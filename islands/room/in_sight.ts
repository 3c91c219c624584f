import type { Row } from "../../lib/ui/room/rows.ts";

/** No row is lower, and none with a name and a face. */
const ROW_MIN_PX = 24;
const FACE_MIN_PX = 48;

/** `rows` without those that are out of sight above a pane that is `height` high and ends at or below the row at `at`. */
export function inSight(rows: readonly Row[], at: number, height: number): readonly Row[] {
  let from = at;
  for (let px = 0; from > 0 && px < height; from--) {
    const row = rows[from - 1];
    px += row && "isMore" in row && !row.isMore ? FACE_MIN_PX : ROW_MIN_PX;
  }
  return rows.slice(from);
}
