/** What a tab gets over the network, in bytes as they were sent. */
import type { Tab } from "./tab.ts";

export interface WireFile {
  /** What the browser takes it for: Document, Script, Stylesheet, … */
  type: string;
  /** The last part of its path. */
  name: string;
  /** Compressed, as it came. */
  bytes: number;
}

export interface Wire {
  files(): WireFile[];
  sum(fits: (file: WireFile) => boolean): number;
  /** Addresses of another origin that answered. */
  elsewhere(): string[];
}

/** Before the first page is opened. */
export async function watchWire({ context, page }: Tab): Promise<Wire> {
  const session = await context.newCDPSession(page);
  const files = new Map<string, WireFile>();
  const origins = new Map<string, string[]>();
  await session.send("Network.enable");
  session.on("Network.responseReceived", ({ requestId, type, response }) => {
    const { origin, pathname, protocol } = new URL(response.url);
    files.set(requestId, { type, name: pathname.split("/").at(-1) ?? "", bytes: 0 });
    if (protocol !== "data:") origins.set(origin, [...origins.get(origin) ?? [], response.url]);
  });
  session.on("Network.dataReceived", ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file) file.bytes += encodedDataLength;
  });
  session.on("Network.loadingFinished", ({ requestId, encodedDataLength }) => {
    const file = files.get(requestId);
    if (file?.type === "Document") file.bytes = encodedDataLength; // its data is not reported in parts
  });
  return {
    files: () => [...files.values()],
    sum: (fits) => [...files.values()].filter(fits).reduce((total, { bytes }) => total + bytes, 0),
    elsewhere: () => [...origins].flatMap(([origin, urls]) => origin === new URL(page.url()).origin ? [] : urls),
  };
}
