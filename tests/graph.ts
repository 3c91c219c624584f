/** `deno task graph`: how the zones import each other, circles, broken rules, and how long files are. */
import { brokenRules, zoneOf } from "./support/import_rules.ts";
import { circlesOf, readImports } from "./support/imports.ts";

const imports = await readImports();
const arrows = new Map<string, Map<string, number>>();
for (const [file, targets] of imports) {
  for (const target of targets) {
    const [from, to] = [zoneOf(file) ?? file, zoneOf(target)];
    if (to === undefined || to === from) continue;
    const of = arrows.get(from) ?? new Map<string, number>();
    arrows.set(from, of.set(to, (of.get(to) ?? 0) + 1));
  }
}
for (const [from, to] of [...arrows].sort()) {
  console.log(`${from} → ${[...to].sort().map(([zone, count]) => `${zone} (${count})`).join(", ")}`);
}
const lengths = await Promise.all([...imports.keys()].map(async (file) => {
  const text = await Deno.readTextFile(new URL(`../${file}`, import.meta.url));
  return text.split("\n").length - 1;
}));
lengths.sort((a, b) => a - b);
const at = (share: number) => lengths[Math.min(lengths.length - 1, Math.floor(share * lengths.length))];
const [circles, broken] = [circlesOf(imports), brokenRules(imports)];
for (const line of [...circles.map((circle) => `circle: ${circle.join(", ")}`), ...broken]) console.log(line);
console.log(
  `${imports.size} files, ${lengths.reduce((sum, it) => sum + it, 0)} lines: median ${at(0.5)}, p95 ${at(0.95)}, max ${
    at(1)
  }`,
);
console.log(`${circles.length} circles, ${broken.length} imports against the table`);
