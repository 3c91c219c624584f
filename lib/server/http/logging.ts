/** Logs go to standard error, a line each; standard output has only the URL to open. */
import { configure, getLogger, getStreamSink, getTextFormatter, type Logger } from "@logtape/logtape";

/** Opens the process's logs at a level and up, and gives its logger. */
export async function openLogging(level: "debug" | "info" | "warn" | "error"): Promise<Logger> {
  const lowestLevel = level === "warn" ? "warning" : level;
  await configure({
    sinks: { stderr: getStreamSink(Deno.stderr.writable, { formatter: getTextFormatter() }) },
    loggers: [
      { category: "rivulet", lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
  return getLogger("rivulet");
}
