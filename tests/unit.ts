/**
 * Runs the tests that need only this process in a few isolates, for in one of its own most files take longer to load
 * what they import than to run. Arguments are `deno test`'s own: filters, or further files, which get an isolate each.
 */
const ISOLATES = 6;
const AT_ONCE = 4; // on two cores: where one waits, another one computes
const ELSEWHERE = /^(bench|contract|e2e|faults|hosting|islands|node_modules)\//; // a process of their own, or nothing beside them

const tests = new URL("./", import.meta.url);

function* filesIn(folder: string): Generator<string> {
  for (const { name, isDirectory } of Deno.readDirSync(new URL(folder, tests))) {
    const path = folder + name;
    if (isDirectory && !ELSEWHERE.test(`${path}/`)) yield* filesIn(`${path}/`);
    if (/_test\.tsx?$/.test(name)) yield path;
  }
}

const entries = await Deno.makeTempDir({ prefix: "rivulet_unit_" });
try {
  const files = [...filesIn("")].sort();
  for (let part = 0; part < ISOLATES; part++) {
    const imports = files.filter((_, at) => at % ISOLATES === part).map((path) =>
      `import "${new URL(path, tests)}";\n`
    );
    await Deno.writeTextFile(`${entries}/part_${part + 1}_test.ts`, imports.join(""));
  }
  const config = new URL("deno.json", tests).pathname;
  const { code } = await new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--config", config, "--no-check", "--parallel", ...Deno.args, entries],
    env: { DENO_JOBS: String(AT_ONCE) },
    stdin: "null",
  }).spawn().status;
  Deno.exitCode = code;
} finally {
  await Deno.remove(entries, { recursive: true });
}
