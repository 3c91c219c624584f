/** Who may import whom, and who may touch storage (lib/README.md). */
import assert from "node:assert/strict";
import { brokenRules, storageLeaks } from "./support/import_rules.ts";
import { circlesOf, importsOf, readImports } from "./support/imports.ts";

const imports = await readImports();

Deno.test("each file imports only what its zone may", () => {
  assert.deepEqual(brokenRules(imports), []);
});

Deno.test("no file imports itself by way of others, not even for a type", () => {
  assert.deepEqual(circlesOf(imports), []);
});

Deno.test("what a page fetches later it can ask for again, by the name of its file", async () => {
  let deferred = 0;
  for (const file of imports.keys()) {
    if (!/^(islands|lib\/(client|model|protocol|ui))\//.test(file)) continue;
    const text = await Deno.readTextFile(new URL(`../${file}`, import.meta.url));
    const again = [...text.matchAll(/\bimportAgain\(\s*"(\w+)",\s*\(\) =>\s*import\("(?:[^"]*\/)?(\w+)\.tsx?"\)/g)];
    for (const [, name, source] of again) assert.equal(name, source, file);
    const all = [...text.matchAll(/(?<!typeof )\bimport\s*\(\s*"/g)];
    assert.equal(again.length, all.length, `${file} imports something lazily, but not by importAgain`);
    deferred += all.length;
  }
  assert.ok(deferred >= 9, `${deferred} were found`);
});

Deno.test("only stores and the log touch keys or commit", async () => {
  const texts = new Map<string, string>();
  for (const file of imports.keys()) texts.set(file, await Deno.readTextFile(new URL(`../${file}`, import.meta.url)));
  assert.deepEqual(storageLeaks(texts), []);
});

Deno.test("the rules notice what they forbid", () => {
  const broken = (file: string, text: string) => brokenRules(new Map([[file, importsOf(file, text)]]));
  assert.deepEqual(broken("lib/server/live/x.ts", `import { a } from "../rooms/service.ts";`), [
    "lib/server/live/x.ts imports lib/server/rooms/service.ts",
  ]);
  assert.deepEqual(broken("lib/server/users/x.ts", `const a = await import("../auth/service.ts");`), [
    "lib/server/users/x.ts imports lib/server/auth/service.ts",
  ]);
  assert.deepEqual(broken("lib/server/messages/x.ts", `import type { S } from "../rooms/store.ts";`), [
    "lib/server/messages/x.ts imports lib/server/rooms/store.ts",
  ]);
  assert.deepEqual(broken("lib/protocol/x.ts", `import "preact";`), ["lib/protocol/x.ts imports preact"]);
  assert.deepEqual(broken("lib/x.ts", ""), ["lib/x.ts is in no zone"]);
  assert.deepEqual(circlesOf(new Map([["a", ["b"]], ["b", ["c", "d"]], ["c", ["a"]], ["d", []]])), [["a", "b", "c"]]);
  const leaks = new Map([["lib/server/a/b.ts", `await db.commit({})`], [
    "lib/server/a/store.ts",
    `await db.commit({})`,
  ]]);
  assert.deepEqual(storageLeaks(leaks), ["lib/server/a/b.ts"]);
});
