import assert from "node:assert/strict";
import { createDrafts, type StorageChange, withDraft } from "../../lib/client/stores/drafts.ts";

const ROOMS = 200;

/** What two tabs of a browser share: each is told of what the other changes. */
function sharedStorage() {
  const kept = new Map<string, string>();
  const tabs = new Map<string, (change: StorageChange) => void>();
  const write = (tab: string, key: string, change: () => void) => {
    change();
    for (const [other, run] of tabs) if (other !== tab) run({ key });
  };
  return {
    kept,
    of: (tab: string) => ({
      storage: {
        getItem: (key: string) => kept.get(key) ?? null,
        setItem: (key: string, text: string) => write(tab, key, () => kept.set(key, text)),
        removeItem: (key: string) => write(tab, key, () => kept.delete(key)),
      },
      onChange(run: (change: StorageChange) => void) {
        tabs.set(tab, run);
        return () => void tabs.delete(tab);
      },
    }),
  };
}

Deno.test("drafts are kept by person and room, however many rooms", () => {
  localStorage.clear();
  const mine = createDrafts({ me: "me", storage: localStorage });
  for (let i = 0; i < ROOMS; i++) mine.set(`r${i}`, `draft ${i}`);
  for (let i = 0; i < ROOMS; i++) assert.equal(mine.get(`r${i}`), `draft ${i}`);
  assert.equal(createDrafts({ me: "ann", storage: localStorage }).get("r1"), "");
  for (let i = 0; i < ROOMS; i++) mine.set(`r${i}`, "");
  assert.equal(localStorage.length, 0);
});

Deno.test("a draft is as long as what was written, also where that is too long for a message", () => {
  localStorage.clear();
  createDrafts({ me: "me", storage: localStorage }).set("r1", "x".repeat(16_998));
  assert.equal(createDrafts({ me: "me", storage: localStorage }).get("r1").length, 16_998);
  localStorage.clear();
});

Deno.test("a draft that the storage does not take lives as long as the page", () => {
  const full = {
    getItem: () => "older",
    setItem() {
      throw new Error("quota");
    },
    removeItem() {},
  };
  for (const storage of [full, undefined]) {
    const drafts = createDrafts({ me: "me", storage });
    drafts.set("r1", "what I wrote");
    assert.equal(drafts.get("r1"), "what I wrote");
    drafts.set("r1", "");
    assert.equal(drafts.get("r1"), storage ? "older" : "");
  }
});

Deno.test("another tab shows what is written in this one, and only of its room", () => {
  const { of } = sharedStorage();
  const [one, two] = [createDrafts({ me: "me", ...of("one") }), createDrafts({ me: "me", ...of("two") })];
  const shown: string[] = [];
  const stop = two.watch("r1", (text) => shown.push(text));
  one.set("r1", "written");
  one.set("r2", "elsewhere");
  one.set("r1", "");
  stop();
  one.set("r1", "again");
  assert.deepEqual(shown, ["written", ""]);
  assert.equal(two.get("r1"), "again");
});

Deno.test("neither a draft nor what was typed before the page was alive is lost", () => {
  assert.equal(withDraft("", "draft"), "draft");
  assert.equal(withDraft("typed", ""), "typed");
  assert.equal(withDraft("draft", "draft"), "draft");
  assert.equal(withDraft("draft and more", "draft"), "draft and more");
  assert.equal(withDraft("other", "draft"), "draft\nother");
});
