/**
 * What comments and papers refer to is there: each `*.md` with its heading, and each file and folder that is named from
 * the repository's root. A reference is a path, then what is meant in it, with as many sections or faults as one likes:
 *
 *     lib/protocol/README.md §3, §5
 *     lib/README.md, The hub
 *     tests/README.md, Faults 1, 4 and 10 · faults 1 to 3 of tests/README.md
 *
 * In papers also links, whose anchors are those that a repository's host makes of headings.
 */
import assert from "node:assert/strict";

const ROOT = new URL("../", import.meta.url);
const SOURCES = ["lib/", "routes/", "islands/", "tests/", "static/", ".ci/"];
const COMMENTED = /\.(?:tsx?|css)$|^\.ci\//;
/** Its own examples name what is not there. */
const SELF = "tests/references_test.ts";
/** Made by a build, a run or an install, so not in a fresh clone. */
const MADE = /^static\/build\b|\bnode_modules\b/;

interface Paper {
  headings: string[];
  anchors: Set<string>;
}

async function* filesIn(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(folder, ROOT))) {
    const path = `${folder}${name}`;
    if (!isDirectory) yield path;
    else if (!MADE.test(path)) yield* filesIn(`${path}/`);
  }
}

async function allFiles(): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isFile } of Deno.readDir(ROOT)) if (isFile) found.push(name);
  for (const folder of SOURCES) for await (const path of filesIn(folder)) found.push(path);
  return found;
}

/** Comments with their lines joined, so that a reference may be broken over two of them. */
function commentsOf(text: string): string[] {
  const blocks = [...text.matchAll(/\/\*[^]*?\*\/|(?<![:"'`\w])\/\/.*(?:\n[ \t]*\/\/.*)*|(?<=^|\s)# .*/g)];
  return blocks.map(([block]) => block.replace(/\n\s*(?:\*(?!\/)|\/\/|#)/g, " ").replace(/\s+/g, " "));
}

function paperOf(text: string): Paper {
  const headings = [...text.replace(/^```[^]*?^```/gm, "").matchAll(/^#+ +(.*)$/gm)].map(([, title = ""]) =>
    plain(title)
  );
  const anchors = new Set<string>();
  for (const title of headings) {
    const slug = title.toLowerCase().replace(/[^\p{L}\p{N} _-]/gu, "").replaceAll(" ", "-");
    let anchor = slug;
    for (let count = 1; anchors.has(anchor); count++) anchor = `${slug}-${count}`;
    anchors.add(anchor);
  }
  return { headings, anchors };
}

/** A heading or a reference to one, without what only marks it up. */
function plain(text: string): string {
  return text.replace(/[`*]|\(#[^)]*\)/g, "").trim();
}

/** What is wrong with a reference to `paper`: `before` and `behind` are the words around its path. */
function wrongIn({ headings }: Paper, before: string, behind: string): string | undefined {
  const sections = /^(?: §\d+(?:,(?= §))?)+/.exec(behind)?.[0].match(/\d+/g) ?? [];
  const missing = sections.filter((number) => !headings.some((title) => title.startsWith(`${number}. `)));
  if (missing.length > 0) return `has no section ${missing.join(", ")}`;
  const named = behind.startsWith(", ") ? plain(behind.slice(2)).toLowerCase() : "";
  const faults = /\bfaults? ([\d, andto]+) of $/i.exec(before) ?? /^faults? (\d+(?:(?:, | and | to )\d+)*)/.exec(named);
  const numbers = faults?.[1]?.match(/\d+/g) ?? [];
  const unknown = numbers.filter((number) => !headings.some((title) => title.startsWith(`Fault ${number}:`)));
  if (unknown.length > 0) return `has no fault ${unknown.join(", ")}`;
  if (numbers.length > 0 || sections.length > 0 || !/^[a-z]/.test(named)) return undefined;
  const isThere = headings.some((title) => startsWithWords(named, title.toLowerCase()));
  return isThere ? undefined : `has no heading that "${named.slice(0, 40)}…" begins with`;
}

function startsWithWords(text: string, words: string): boolean {
  return text.startsWith(words) && !/^\w/.test(text.slice(words.length));
}

/** The files, folders and papers of a repository, as the references are looked up in them. */
interface Repository {
  exists(path: string): boolean;
  paper(path: string): Paper | undefined;
}

function wrongReferences(path: string, text: string, { exists, paper }: Repository): string[] {
  const isPaper = path.endsWith(".md");
  const wrong: string[] = [];
  const parts = isPaper ? [text.replace(/\s+/g, " ")] : commentsOf(text);
  for (const part of parts) {
    // A link's address is looked at below, from its own folder.
    const words = isPaper ? part.replace(/\]\([^)]*\)/g, "]") : part;
    for (const { 0: name, index } of words.matchAll(/(?<![\w./:-])[\w./-]*\w\.md\b/g)) {
      const found = paper(name);
      const why = found
        ? wrongIn(found, words.slice(0, index).replace(/`$/, ""), words.slice(index + name.length).replace(/^`/, ""))
        : "is not there";
      if (why !== undefined) wrong.push(`${path}: ${name} ${why}`);
    }
    for (
      const [name] of words.matchAll(
        /(?<![\w./:@<-])(?:lib|routes|islands|tests|static|\.ci)\/[\w./-]*\w(?![\w.<*{-]*[\w<*{])/g,
      )
    ) {
      if (!MADE.test(name) && !exists(name)) wrong.push(`${path}: ${name} is not there`);
    }
  }
  if (!isPaper) return wrong;
  const base = new URL(path, "file:///");
  for (const [, address = ""] of text.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(address)) continue;
    const { pathname, hash } = new URL(address, base);
    const target = decodeURIComponent(pathname).slice(1);
    if (!exists(target.replace(/\/$/, ""))) wrong.push(`${path}: ${address} is not there`);
    else if (hash !== "" && !paper(target)?.anchors.has(decodeURIComponent(hash.slice(1)))) {
      wrong.push(`${path}: ${address} has no such heading`);
    }
  }
  return wrong;
}

function repositoryOf(texts: ReadonlyMap<string, string>): Repository {
  const folders = new Set<string>();
  for (const path of texts.keys()) {
    for (let at = path.indexOf("/"); at >= 0; at = path.indexOf("/", at + 1)) folders.add(path.slice(0, at));
  }
  return {
    exists: (path) => texts.has(path) || folders.has(path),
    paper(path) {
      const text = path.endsWith(".md") ? texts.get(path) : undefined;
      return text === undefined ? undefined : paperOf(text);
    },
  };
}

Deno.test("what comments and papers refer to is in the repository", async () => {
  const files = await allFiles();
  const read = files.filter((path) => path !== SELF && (path.endsWith(".md") || COMMENTED.test(path)));
  const texts = new Map(files.map((path) => [path, ""]));
  for (const path of read) texts.set(path, await Deno.readTextFile(new URL(path, ROOT)));
  const repository = repositoryOf(texts);
  assert.deepEqual(read.flatMap((path) => wrongReferences(path, texts.get(path) ?? "", repository)), []);
});

Deno.test("a reference to what is not there is noticed, and one to what is there is not", () => {
  const repository = repositoryOf(
    new Map([
      ["lib/README.md", "# Lib\n\n## 3. Commands\n\n## The `hub`\n\n```sh\n# no heading\n```\n\n### Fault 4: lost\n"],
      ["lib/log/append.ts", ""],
    ]),
  );
  const wrong = (path: string, text: string) => wrongReferences(path, text, repository);
  const right = [
    "/** See lib/README.md. */",
    "// lib/README.md §3: so it is",
    "/**\n * Of the hub (lib/README.md,\n * The hub). In lib/log, by lib/log/append.ts.\n */",
    "const a = 1; // lib/README.md, fault 4",
    "const b = 'other.md'; const c = `https://a.test/lib/x.md`;",
  ];
  assert.deepEqual(right.flatMap((text) => wrong("a.ts", text)), []);
  assert.deepEqual(wrong("a.ts", "/** PROTOCOL.md §3 */"), ["a.ts: PROTOCOL.md is not there"]);
  assert.deepEqual(wrong("a.ts", "// lib/README.md §3, §4"), ["a.ts: lib/README.md has no section 4"]);
  assert.deepEqual(wrong("a.ts", "// lib/README.md, Faults 4 and 5."), ["a.ts: lib/README.md has no fault 5"]);
  assert.deepEqual(wrong("a.ts", "/* Faults 4 and 6 of lib/README.md */"), ["a.ts: lib/README.md has no fault 6"]);
  assert.deepEqual(wrong("a.ts", "// lib/README.md, No heading"), [
    'a.ts: lib/README.md has no heading that "no heading…" begins with',
  ]);
  assert.deepEqual(wrong("a.ts", "/* see lib/log/commit.ts */"), ["a.ts: lib/log/commit.ts is not there"]);
  assert.deepEqual(wrong("lib/a.md", "[the hub](README.md#the-hub), [it](./log/) and `lib/log/append.ts`"), []);
  assert.deepEqual(wrong("lib/a.md", "[a](README.md#a), [b](../README.md), `lib/b/`"), [
    "lib/a.md: lib/b is not there",
    "lib/a.md: README.md#a has no such heading",
    "lib/a.md: ../README.md is not there",
  ]);
});
