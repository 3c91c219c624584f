/** The sources and what they import, for the rules about it. */
const ROOT = new URL("../../", import.meta.url);
const FOLDERS = ["lib", "routes", "islands"];

/** By file: the paths and packages that it imports, types too, statically or lazily. */
export type Imports = Map<string, string[]>;

/** Reads all sources of the product. Paths are from the repository's root. */
export async function readImports(): Promise<Imports> {
  const imports: Imports = new Map();
  const read = async (file: string) => imports.set(file, importsOf(file, await Deno.readTextFile(new URL(file, ROOT))));
  await read("main.ts");
  for (const folder of FOLDERS) for await (const file of sources(folder)) await read(file);
  return imports;
}

/** What a source of this path imports: paths from the root, and packages by name. */
export function importsOf(file: string, text: string): string[] {
  const names = [...text.matchAll(/(?:from\s+|import\s*\(\s*|^import\s+)"([^"]+)"/gm)].map(([, name = ""]) => name);
  return names.map((name) => name.startsWith(".") ? new URL(name, `file:///${file}`).pathname.slice(1) : name);
}

/** Groups of files each of which imports, by way of others, itself (Tarjan's strongly connected components). */
export function circlesOf(imports: Imports): string[][] {
  const circles: string[][] = [];
  const order = new Map<string, number>();
  const lowest = new Map<string, number>();
  const stack: string[] = [];
  const visit = (file: string): number => {
    order.set(file, order.size);
    lowest.set(file, order.size - 1);
    stack.push(file);
    for (const next of imports.get(file) ?? []) {
      if (!imports.has(next)) continue;
      const reached = order.has(next) ? (stack.includes(next) ? order.get(next) : undefined) : visit(next);
      if (reached !== undefined) lowest.set(file, Math.min(lowest.get(file) ?? reached, reached));
    }
    if (lowest.get(file) === order.get(file)) {
      const group = stack.splice(stack.indexOf(file));
      if (group.length > 1 || imports.get(file)?.includes(file)) circles.push(group.sort());
    }
    return lowest.get(file) ?? 0;
  };
  for (const file of imports.keys()) if (!order.has(file)) visit(file);
  return circles;
}

async function* sources(folder: string): AsyncGenerator<string> {
  for await (const { name, isDirectory } of Deno.readDir(new URL(`${folder}/`, ROOT))) {
    const path = `${folder}/${name}`;
    if (isDirectory) yield* sources(path);
    else if (/\.tsx?$/.test(name)) yield path;
  }
}
