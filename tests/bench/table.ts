/**
 * What the bench found, as a table to read: both sides, the ratio, and the figure to hold (tests/README.md, Figures to
 * hold).
 */

export interface Row {
  what: string;
  /** Rivulet's side. */
  ours: string;
  /** What it is measured against, with its figure. */
  theirs?: string;
  ratio?: number;
  /** The figure to hold, in words. */
  hold?: string;
  /** Undefined where nothing is to be held, so that the row only informs. */
  held?: boolean;
}

/** Lines up the rows under their headings. */
export function table(rows: Row[]): string {
  const cells = rows.map((row) => [
    row.what,
    row.ours,
    row.theirs ?? "",
    row.ratio === undefined ? "" : `${row.ratio.toFixed(1)} ×`,
    row.hold ?? "",
    row.held === undefined ? "" : row.held ? "yes" : "NO",
  ]);
  const all = [["what", "Rivulet", "against", "ratio", "to hold", "held"], ...cells];
  const widths = all.reduce((widest, line) => line.map((cell, i) => Math.max(widest[i] ?? 0, cell.length)), [0]);
  const lines = all.map((line) => `| ${line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join(" | ")} |`);
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [lines[0], rule, ...lines.slice(1)].join("\n");
}

/** "915 k", "1.2 M", "840" */
export function rate(perSecond: number): string {
  if (perSecond >= 1e6) return `${(perSecond / 1e6).toFixed(2)} M`;
  if (perSecond >= 10_000) return `${Math.round(perSecond / 1e3)} k`;
  return String(Math.round(perSecond));
}

export function ms(value: number): string {
  return value >= 10_000 ? `${(value / 1_000).toFixed(1)} s` : `${value.toFixed(value < 10 ? 1 : 0)} ms`;
}
