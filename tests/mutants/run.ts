/**
 * Plants one fault after the other in a copy of the tree, and runs the tests that must catch it: a fault that survives
 * is one that the tests let pass. `deno task mutants [--all] [words of names or files]`; `--all` runs every quick suite instead,
 * which shows what else would have caught it. Not part of CI: it tests the tests.
 */
import { type Mutant, mutants, planted } from "./mutants.ts";

const RUN_MS = 120_000; // of the tests of one mutant; then they hang, which CI would not let pass either
const RUN_ALL_MS = 900_000;
const QUICK = ["tests/"];
/** Of all tests: those that need a browser, or long. */
const SLOW = ["e2e", "bench", "islands", "pages"].map((name) => `tests/${name}`).concat(
  ["chat", "tabs", "frozen_tab", "fallback", "inspector", "fronts", "disk_full", "removal"].map((name) =>
    `tests/faults/${name}_test.ts`
  ),
);
const NAME_WIDTH = 62;

const root = new URL("../../", import.meta.url).pathname;

interface Outcome {
  /** The names of the tests that failed; undefined where none did. */
  caught: string[] | undefined;
  seconds: number;
}

/** A copy of what is in the tree now, with its packages; the original is not written to. */
async function copyTree(): Promise<string> {
  const { stdout } = await new Deno.Command("git", {
    args: ["ls-files", "-z", "--cached", "--others", "--exclude-standard"],
    cwd: root,
  }).output();
  const copy = await Deno.makeTempDir({ prefix: "rivulet_mutants_" });
  const made = new Set<string>();
  const built = await Array.fromAsync(Deno.readDir(`${root}static/build`)).catch(() => []);
  const names = new TextDecoder().decode(stdout).split("\0").concat(built.map(({ name }) => `static/build/${name}`));
  for (const name of names.filter((it) => it !== "")) {
    const folder = `${copy}/${name}`.replace(/\/[^/]*$/, "");
    if (!made.has(folder)) await Deno.mkdir(folder, { recursive: true });
    made.add(folder);
    await Deno.copyFile(root + name, `${copy}/${name}`).catch((error) => {
      if (!(error instanceof Deno.errors.NotFound)) throw error; // deleted, and not committed yet
    });
  }
  for (const name of ["node_modules", "tests/node_modules"]) await Deno.symlink(root + name, `${copy}/${name}`);
  return copy;
}

async function test(cwd: string, args: string[], ms: number): Promise<Outcome> {
  const began = performance.now();
  const child = new Deno.Command(Deno.execPath(), {
    args: ["test", "-A", "--config", "tests/deno.json", "--no-check", ...args],
    cwd,
    env: { NO_COLOR: "1" },
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  let hangs = false;
  const timer = setTimeout(() => {
    hangs = true;
    child.kill("SIGKILL");
  }, ms);
  const { success, stdout, stderr } = await child.output();
  clearTimeout(timer);
  const seconds = Math.round((performance.now() - began) / 1_000);
  if (success) return { caught: undefined, seconds };
  const text = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  const failed = [...text.matchAll(/^(.*) => \.\/(tests\/\S+?):\d+/gm)].map(([, name]) => name ?? "");
  const names = [...new Set(failed)];
  return { caught: hangs ? ["(hangs)"] : names.length > 0 ? names : [lastLine(text)], seconds };
}

function lastLine(text: string): string {
  return `(no test: ${text.trim().split("\n").find((line) => /error/i.test(line)) ?? "ended"})`;
}

function row(name: string, ...rest: (string | number)[]): void {
  console.log([name.padEnd(NAME_WIDTH), ...rest].join(" | "));
}

async function run(chosen: Mutant[], everything: boolean): Promise<boolean> {
  const copy = await copyTree();
  let good = true;
  try {
    const argsOf = ({ tests }: Mutant) =>
      everything ? ["--parallel", `--ignore=${SLOW.join(",")}`, ...QUICK] : ["--fail-fast", ...tests];
    const ms = everything ? RUN_ALL_MS : RUN_MS;
    const files = [...new Set(chosen.flatMap(({ tests }) => tests))];
    const clean = await test(copy, everything ? argsOf({ ...NONE }) : files, RUN_ALL_MS);
    if (clean.caught) throw new Error(`Without any fault these fail: ${clean.caught.join("; ")}`);
    row("planted", "s", "caught by");
    row("nothing", clean.seconds, "nobody, as it should be");
    for (const mutant of chosen) {
      const path = `${copy}/${mutant.file}`;
      const text = await Deno.readTextFile(path).catch(() => "");
      const wrong = planted(text, mutant);
      if (wrong === undefined) {
        good = false;
        row(mutant.name, 0, `NOT PLANTED: its text is not in ${mutant.file} once`);
        continue;
      }
      await Deno.writeTextFile(path, wrong);
      const { caught, seconds } = await test(copy, argsOf(mutant), ms);
      await Deno.writeTextFile(path, text);
      good &&= caught !== undefined;
      const shown = caught && (everything ? `${caught.length}: ${caught.join("; ")}` : caught[0] ?? "");
      row(mutant.name, seconds, shown ?? `SURVIVED ${mutant.tests.join(" ")}`);
    }
  } finally {
    await Deno.remove(copy, { recursive: true });
  }
  return good;
}

const NONE: Mutant = { name: "", file: "", from: "", to: "", tests: [] };
const words = Deno.args.filter((arg) => !arg.startsWith("--"));
const chosen = mutants.filter(({ name, file }) =>
  words.length === 0 || words.some((word) => `${name} ${file}`.includes(word))
);
const isCaught = await run(chosen, Deno.args.includes("--all"));
console.log(isCaught ? `All of ${chosen.length} are caught` : "Some are not caught, or not planted");
if (!isCaught) Deno.exit(1);
