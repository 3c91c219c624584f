/**
 * A backup is one file: lines of JSON in UTF-8, compressed by gzip (RFC 1952), so that `zcat` shows it.
 *
 * - The first line is the head: `{ "rivulet": "backup", "form": 1, "layout", "at", "versionstamp" }`. `layout` is how
 *   the values are laid out (layout.ts), `at` when it was made, `versionstamp` the last commit that is in it.
 * - Then comes each value as `[key, value]`, or `[key, value, expiresAt]` where storage may forget it, in the order of
 *   keys. Left out is what belongs to a database and its processes, not to what people said: its name (`epoch`), its
 *   layout, which process has it open, and who is connected.
 * - The last line is the seal: `{ "values": <how many>, "sha256": <of all bytes before this line, as hex> }`.
 *
 * Both ways go line by line, so that memory does not grow with the file.
 */
import { createHash } from "node:crypto";
import { z } from "zod/mini";
import type { StoredEntry } from "./snapshot.ts";

const CHUNK_CHARS = 64 * 1024; // that lines are gathered to before they are compressed
const LINE_CHARS_MAX = 1024 * 1024; // a value has 60 KiB, and as JSON up to six times as many
const FORM = 1;

const headLine = z.object({
  rivulet: z.literal("backup"),
  form: z.int(),
  layout: z.int(),
  at: z.int(),
  versionstamp: z.string(),
});
const valueLine = z.tuple([
  z.array(z.union([z.string(), z.number()])).check(z.minLength(1)),
  z.unknown(),
  z.optional(z.number()),
]);
const sealLine = z.object({ values: z.int(), sha256: z.string() });

export type BackupHead = Omit<z.infer<typeof headLine>, "rivulet" | "form">;

export interface Written {
  values: number;
  bytes: number;
  sha256: string;
}

/** A backup that cannot be used; the message says why. */
export class BadBackup extends Error {
  override name = "BadBackup";
}

/**
 * Writes a backup as `file`, which must not be there. It gets this name once it was read again as a whole. Throws
 * `BadBackup`.
 */
export async function writeBackup(file: string, head: BackupHead, entries: Iterable<StoredEntry>): Promise<Written> {
  if (await exists(file)) throw new BadBackup(`${file} is there already`);
  const part = `${file}.part`;
  const sealed = { values: 0, sha256: "" };
  // Like its database it holds all that was said, so nobody else on the machine may read it.
  const out = await Deno.open(part, { write: true, create: true, truncate: true, mode: 0o600 });
  try {
    const lines = ReadableStream.from(chunks(linesOf(head, entries, sealed)));
    // Not piped into `out.writable`, which loses the last chunks where it is not closed (Deno 2.9.6).
    for await (const chunk of lines.pipeThrough(new CompressionStream("gzip"))) {
      for (let at = 0; at < chunk.length;) at += await out.write(chunk.subarray(at));
    }
    await out.sync();
    const { size: bytes } = await out.stat();
    await verifyBackup(part);
    await Deno.rename(part, file);
    return { ...sealed, bytes };
  } catch (error) {
    await Deno.remove(part);
    throw error;
  } finally {
    out.close();
  }
}

/** Reads a whole backup and proves it. Throws `BadBackup`. */
export async function verifyBackup(file: string): Promise<BackupHead> {
  let head: BackupHead | undefined;
  for await (const it of readBackup(file)) if (!("key" in it)) head = it;
  return head ?? notOurs(file);
}

/** Gives the head of a backup and then its values. Throws `BadBackup` at the latest at its end. */
export async function* readBackup(file: string): AsyncGenerator<BackupHead | StoredEntry> {
  const hash = createHash("sha256");
  let head: BackupHead | undefined;
  let sealed = false;
  let values = 0;
  for await (const line of linesIn(file)) {
    const data = parse(file, line);
    if (sealed) throw new BadBackup(`${file} is damaged: something comes behind its end`);
    if (!head) {
      head = headIn(file, data);
      yield head;
    } else if (Array.isArray(data)) {
      const { key, json, expiresAt } = valueIn(file, data);
      yield { key, json, ...(expiresAt !== undefined && { expiresAt }) };
      values++;
    } else {
      const seal = sealLine.safeParse(data);
      sealed = seal.success && seal.data.values === values && seal.data.sha256 === hash.digest("hex");
      if (!sealed) throw new BadBackup(`${file} is damaged: its checksum is another`);
      continue;
    }
    hash.update(`${line}\n`);
  }
  if (!head) notOurs(file);
  if (!sealed) throw new BadBackup(`${file} is damaged: its end is missing`);
}

function* linesOf(head: BackupHead, entries: Iterable<StoredEntry>, sealed: { values: number; sha256: string }) {
  const hash = createHash("sha256");
  const line = (text: string) => {
    hash.update(text);
    return text;
  };
  yield line(`${JSON.stringify({ rivulet: "backup", form: FORM, ...head })}\n`);
  for (const { key, json, expiresAt } of entries) {
    yield line(`[${JSON.stringify(key)},${json}${expiresAt === undefined ? "" : `,${expiresAt}`}]\n`);
    sealed.values++;
  }
  sealed.sha256 = hash.digest("hex");
  yield `${JSON.stringify(sealed)}\n`;
}

function* chunks(lines: Iterable<string>): Generator<Uint8Array<ArrayBuffer>> {
  const encoder = new TextEncoder();
  let chunk = "";
  for (const line of lines) {
    chunk += line;
    if (chunk.length < CHUNK_CHARS) continue;
    yield encoder.encode(chunk);
    chunk = "";
  }
  yield encoder.encode(chunk);
}

async function* linesIn(file: string): AsyncGenerator<string> {
  const { readable } = await Deno.open(file);
  const texts = readable.pipeThrough(new DecompressionStream("gzip"))
    .pipeThrough(new TextDecoderStream("utf-8", { fatal: true, ignoreBOM: true }));
  let rest = "";
  try {
    for await (const text of texts) {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > LINE_CHARS_MAX) throw new TypeError("a line of it is too long");
      yield* lines;
    }
  } catch (error) {
    // Both streams throw a TypeError for bytes that are not theirs.
    if (error instanceof TypeError) throw new BadBackup(`${file} is damaged: ${error.message}`);
    throw error;
  }
  if (rest !== "") throw new BadBackup(`${file} is damaged: its last line has no end`);
}

function headIn(file: string, data: unknown): BackupHead {
  const head = headLine.safeParse(data).data ?? notOurs(file);
  if (head.form !== FORM) throw new BadBackup(`${file} has form ${head.form}; this version reads form ${FORM}`);
  return { layout: head.layout, at: head.at, versionstamp: head.versionstamp };
}

function valueIn(file: string, data: unknown): StoredEntry {
  const line = valueLine.safeParse(data);
  if (!line.success) throw new BadBackup(`${file} is damaged: a line of it is no value`);
  const [key, value, expiresAt] = line.data;
  return { key, json: JSON.stringify(value), ...(expiresAt !== undefined && { expiresAt }) };
}

function notOurs(file: string): never {
  throw new BadBackup(`${file} is no backup of Rivulet's`);
}

function parse(file: string, line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new BadBackup(`${file} is damaged: a line of it is no JSON`);
  }
}

async function exists(file: string): Promise<boolean> {
  return await Deno.stat(file).then(() => true, (error) => {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  });
}
