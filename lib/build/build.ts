/**
 * Bundles islands and styles into `static/build`: hashed, split, precompressed. Run by itself it builds what is stale.
 * The manifest is written last, so that a build that was cut off counts as none.
 */
import { createHash } from "node:crypto";
import { join } from "node:path";
import { promisify } from "node:util";
import { brotliCompress, constants } from "node:zlib";
import type { BuildOptions, Metafile, Plugin } from "esbuild";
import { BUILD_DIR, type Manifest, readManifest, WORKERS } from "./manifest.ts";
import { fingerprintOf, isStamped } from "./fingerprint.ts";

const ROOT = new URL("../../", import.meta.url);
/** Each is bundled by itself: code that two pages share would be split off, and both would compress worse. */
const PAGES = ["islands/room/room.tsx", "islands/feed/feed.tsx", "islands/shell/shell.tsx"];
const ENTRY_STYLE = "static/styles/index.css";
const TARGET = "es2022";

const types: Record<string, string> = {
  js: "text/javascript; charset=utf-8",
  css: "text/css; charset=utf-8",
  svg: "image/svg+xml; charset=utf-8",
};

export interface BuildPlace {
  /** Where the sources are, a folder's address. */
  root?: URL;
  /** Where the files go. */
  dir?: URL;
}

const compress = promisify(brotliCompress);

/** Builds if any source changed since the last build. Returns whether it did. */
export async function buildStale(place: BuildPlace = {}): Promise<boolean> {
  if (!await isStale(place)) return false;
  await build(place);
  return true;
}

/** True when what is built was made of other sources, or nothing is. */
export async function isStale({ root = ROOT, dir = BUILD_DIR }: BuildPlace = {}): Promise<boolean> {
  const [made, fingerprint] = await Promise.all([readManifest(dir), fingerprintOf(root)]);
  return made?.fingerprint !== fingerprint;
}

/** Builds, and removes what earlier builds left. Throws esbuild's error, which names file and line. */
export async function build({ root = ROOT, dir = BUILD_DIR }: BuildPlace = {}): Promise<Manifest> {
  const fingerprint = await fingerprintOf(root);
  const esbuild = await import("esbuild"); // 10 MB that a fresh build never needs
  try {
    const bundle = (entryPoints: string[], options: BuildOptions = {}) =>
      esbuild.build({ ...optionsFor(root, dir), entryPoints, ...options, write: false, metafile: true });
    const [style, bundled, ...pages] = await Promise.all([
      bundle([ENTRY_STYLE]),
      // The runtime has node:*, and nobody needs to be allowed to read it.
      bundle(WORKERS, { external: ["node:*"], splitting: false }),
      ...PAGES.map((page) =>
        bundle([page], { plugins: [besidePage(decodeURIComponent(new URL(page, root).pathname))] })
      ),
    ]);
    for (const { metafile } of [style, bundled, ...pages]) assertStamped(metafile);
    await Deno.mkdir(dir, { recursive: true });
    const files: Manifest["files"] = {};
    await Promise.all(
      [style, ...pages].flatMap((it) => it.outputFiles).map(async ({ path, contents }) => {
        const name = baseName(path);
        const small = await compress(contents, { params: { [constants.BROTLI_PARAM_QUALITY]: 11 } });
        files[name] = { type: typeOf(name), bytes: contents.length, brotli: small.length };
        await Deno.writeFile(new URL(name, dir), contents);
        await Deno.writeFile(new URL(`${name}.br`, dir), small);
      }),
    );
    for (const { path, contents } of bundled.outputFiles) {
      await Deno.writeFile(new URL(baseName(path), dir), contents);
    }
    const made = {
      fingerprint,
      pages: Object.fromEntries(pages.map((it, at) => [PAGES[at], pageOf(it.metafile)])),
      workers: Object.fromEntries(entriesOf(bundled.metafile).map(([source, path]) => [source, baseName(path)])),
      style: baseName(entriesOf(style.metafile)[0]?.[1] ?? ""),
      files,
    };
    await writeManifest(made, dir);
    await sweep(made, dir);
    return made;
  } finally {
    await esbuild.stop();
  }
}

function optionsFor(root: URL, dir: URL): BuildOptions {
  return {
    absWorkingDir: decodeURIComponent(root.pathname),
    outdir: decodeURIComponent(dir.pathname),
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    publicPath: "/assets",
    bundle: true,
    splitting: true,
    format: "esm",
    target: TARGET,
    minify: true,
    legalComments: "none",
    charset: "utf8",
    jsx: "automatic",
    jsxImportSource: "preact",
    loader: { ".svg": "file" },
    define: { "process.env.NODE_ENV": '"production"' },
    logLevel: "silent",
  };
}

/** Links what a page fetches later to the page itself. Otherwise their shared code would be cut into 17 files. */
function besidePage(page: string): Plugin {
  const later = new Set<string>();
  return {
    name: "beside the page",
    setup({ onResolve, onLoad }) {
      onResolve({ filter: /^\./ }, ({ kind, path, resolveDir }) => {
        if (kind === "dynamic-import") later.add(join(resolveDir, path));
        return undefined; // esbuild finds it
      });
      onLoad({ filter: /\.tsx?$/ }, async ({ path }) => {
        if (!later.has(path)) return undefined;
        // On the first line, so that errors name the right one.
        const contents = `import ${JSON.stringify(page)}; ${await Deno.readTextFile(path)}`;
        return { contents, loader: path.endsWith("x") ? "tsx" : "ts" };
      });
    },
  };
}

/** The sources that a bundle was made for, each with its file. */
function entriesOf({ outputs }: Metafile): [source: string, path: string][] {
  return Object.entries(outputs).flatMap(([path, { entryPoint }]) =>
    entryPoint === undefined ? [] : [[entryPoint, path]]
  );
}

function pageOf(metafile: Metafile): Manifest["pages"][string] {
  const scripts: string[] = [];
  const deferred: Record<string, string[]> = {};
  for (const [source, path] of entriesOf(metafile)) {
    const closure = closureOf(path, metafile.outputs).map(baseName);
    if (PAGES.includes(source)) scripts.push(...closure);
    else deferred[baseName(source).replace(/\.tsx?$/, "")] = closure;
  }
  return { scripts, deferred };
}

/** Throws for a source of a bundle that the fingerprint leaves out: after a change of it the build would stay stale. */
function assertStamped({ inputs }: Metafile): void {
  const ours = Object.keys(inputs).filter((path) => !/^node_modules\/|^\(/.test(path)); // not "(disabled):crypto"
  const missing = ours.find((path) => !isStamped(path));
  if (missing !== undefined) throw new Error(`Cannot build: ${missing} is missing among the sources of fingerprint.ts`);
}

/** A chunk and what it imports statically, however deep. */
function closureOf(path: string, outputs: Metafile["outputs"], known = new Set<string>()): string[] {
  known.add(path);
  for (const { path: next, kind } of outputs[path]?.imports ?? []) {
    if (kind === "import-statement" && !known.has(next)) closureOf(next, outputs, known);
  }
  return [...known];
}

function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}

function typeOf(name: string): string {
  return types[name.slice(name.lastIndexOf(".") + 1)] ?? "application/octet-stream";
}

async function writeManifest(made: Manifest, dir: URL): Promise<void> {
  const text = JSON.stringify(made, undefined, 2);
  const temporary = new URL(`manifest-${createHash("sha256").update(text).digest("hex").slice(0, 8)}.tmp`, dir);
  await Deno.writeTextFile(temporary, text);
  await Deno.rename(temporary, new URL("manifest.json", dir));
}

async function sweep(made: Manifest, dir: URL): Promise<void> {
  const bundles = Object.values(made.workers);
  const kept = new Set([
    "manifest.json",
    ...bundles,
    ...Object.keys(made.files).flatMap((name) => [name, `${name}.br`]),
  ]);
  for await (const { name, isFile } of Deno.readDir(dir)) {
    if (isFile && !kept.has(name)) await Deno.remove(new URL(name, dir));
  }
}

if (import.meta.main) {
  const started = performance.now();
  const isAnew = Deno.args.includes("--force") ? (await build(), true) : await buildStale();
  if (isAnew && !Deno.args.includes("--quiet")) {
    console.log(`Built the pages' files in ${Math.round(performance.now() - started)} ms`);
  }
  // For `deno task dev`: one process to watch, that builds and then serves.
  const then = Deno.args.indexOf("--then");
  const next = then < 0 ? undefined : Deno.args[then + 1];
  if (next !== undefined) await import(new URL(next, ROOT).href);
}
