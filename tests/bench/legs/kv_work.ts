import type { Row } from "../table.ts";
export const kvWork = (): Promise<Row[]> => Promise.resolve([]);
