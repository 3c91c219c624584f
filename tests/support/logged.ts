/** What is logged while `body` runs. */
import { configure, type LogRecord, reset } from "@logtape/logtape";

export async function logged(body: () => Promise<void>): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  await configure({
    sinks: { kept: (record) => void records.push(record) },
    loggers: [
      { category: "rivulet", sinks: ["kept"], lowestLevel: "debug" },
      { category: ["logtape", "meta"], lowestLevel: "error" },
    ],
  });
  try {
    await body();
  } finally {
    await reset();
  }
  return records;
}
