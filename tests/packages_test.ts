/** Who needs which package: the product's stand in deno.json, and the tests' own besides them in tests/deno.json. */
import assert from "node:assert/strict";
import product from "../deno.json" with { type: "json" };
import tests from "./deno.json" with { type: "json" };
import { readImports } from "./support/imports.ts";

const own = Object.entries(product.imports);

interface Lock {
  specifiers: Record<string, string>;
  npm: Record<string, unknown>;
}

async function readLock(path: string): Promise<Lock> {
  const lock: Lock = JSON.parse(
    await Deno.readTextFile(new URL(path, import.meta.url)),
  );
  return lock;
}

/** What stands in both, of what stands in the first. */
function shared<T>(
  first: Record<string, T>,
  second: Record<string, T>,
): Record<string, T> {
  return Object.fromEntries(
    Object.keys(first).flatMap((key) => key in second ? [[key, second[key]]] : []),
  );
}

Deno.test("deno.json names only packages that the product imports", async () => {
  const imported = new Set([...(await readImports()).values()].flat());
  imported.add("preact/jsx-runtime"); // by compilerOptions
  const uses = (name: string) =>
    name.endsWith("/") ? [...imported].some((it) => it.startsWith(name)) : imported.has(name);
  assert.deepEqual(own.map(([name]) => name).filter((name) => !uses(name)), []);
});

Deno.test("deno.lock holds what deno.json names, and what that depends on", async () => {
  const lock = await readLock("../deno.lock");
  const named = new Set(
    own.map(([, target]) => target.replace(/^npm:\/?((?:@[^/]+\/)?[^/]+).*$/, "npm:$1")),
  );
  assert.deepEqual(Object.keys(lock.specifiers).sort(), [...named].sort());
  // SQLite for Node, 3 MB. Deno writes it in again with a new version of @deno/kv: take these lines out of both locks.
  assert.deepEqual(
    Object.keys(lock.npm).filter((name) => name.startsWith("@deno/kv-")),
    [],
  );
});

Deno.test("tests run the product with its own packages and options", async () => {
  assert.deepEqual(shared(product.imports, tests.imports), product.imports);
  assert.deepEqual(tests.compilerOptions, product.compilerOptions);
  assert.deepEqual(tests.unstable, product.unstable);
  assert.equal(tests.fmt.lineWidth, product.fmt.lineWidth);
  const [lock, testLock] = [
    await readLock("../deno.lock"),
    await readLock("./deno.lock"),
  ];
  assert.deepEqual(
    shared(lock.specifiers, testLock.specifiers),
    lock.specifiers,
  );
  assert.deepEqual(shared(lock.npm, testLock.npm), lock.npm);
});
