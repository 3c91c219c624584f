import assert from "node:assert/strict";
import { createBudget } from "../../lib/server/limits/budget.ts";

Deno.test("a budget renews when it says, which is in whole ms", () => {
  let now = 0.25;
  const budget = createBudget(2, 1_000, () => now);
  assert.ok(budget.spend("ann", 2));
  now = 500.75;
  assert.ok(!budget.spend("ann", 1));
  assert.ok(budget.spend("ben", 1));
  assert.equal(budget.renewsIn(), 500); // 499.5 left
  now += budget.renewsIn();
  assert.ok(budget.spend("ann", 2));
  assert.equal(budget.renewsIn(), 1_000);
});
