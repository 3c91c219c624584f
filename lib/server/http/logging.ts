/** Logs go to standard error, a line each; standard output has only the URL to open. */
import {
  configure,
  getJsonLinesFormatter,
  getLogger,
  getTextFormatter,
  type Logger,
  type LogRecord,
} from "@logtape/logtape";
import type { Config } from "../config.ts";

/** Bytes that wait to be written. Further lines are dropped: whoever reads the log may stall. */
const WAITING_MAX_BYTES = 1024 * 1024;

/** Opens the process's logs at a level and up, and gives its logger. */
export async function openLogging({ logLevel, logFormat }: Pick<Config, "logLevel" | "logFormat">): Promise<Logger> {
  const lowestLevel = logLevel === "warn" ? "warning" : logLevel;
  await configure({
    sinks: { stderr: createSink(Deno.stderr.writable, logFormat) },
    loggers: [
      { category: "rivulet", lowestLevel, sinks: ["stderr"] },
      { category: ["logtape", "meta"], lowestLevel: "warning", sinks: ["stderr"] },
    ],
  });
  return getLogger("rivulet");
}

/**
 * Writes each record as a line. By hand, because logtape's own leaves a write that fails unhandled: once nobody reads
 * the log any more, that would be an error to log, and so on for ever.
 */
export function createSink(
  stream: WritableStream<Uint8Array>,
  logFormat: Config["logFormat"] = "text",
): (record: LogRecord) => void {
  const format = logFormat === "json"
    ? getJsonLinesFormatter({ message: "template", properties: "flatten" })
    : getTextFormatter();
  const [utf8, writer] = [new TextEncoder(), stream.getWriter()];
  let waiting = 0;
  return (record) => {
    const line = utf8.encode(format(record));
    if (waiting + line.length > WAITING_MAX_BYTES) return;
    waiting += line.length;
    writer.write(line).catch(() => {}).finally(() => waiting -= line.length);
  };
}
