/** A live client of its own in a page, that follows the person's own stream and prefers Server-Sent Events. */
import assert from "node:assert/strict";
import { build, stop } from "esbuild";
import type { Place } from "./place.ts";

export interface PageFollower {
  follow(): Promise<void>;
  /** Waits until this transport carries it; "" until none does. */
  carried(by: "sse" | "poll" | "", timeout?: number): Promise<unknown>;
  /** Waits until so many events have come. */
  came(count: number): Promise<unknown>;
  /** Makes events: each send marks the room read, which is one event of the person's stream. */
  send(count: number): Promise<void>;
  /** What has come so far; fails where it is not dense and in order. */
  seqs(): Promise<number[]>;
}

export async function openFollower({ page, me, room }: Place): Promise<PageFollower> {
  const { user: { id } } = await me.call("auth.me", {});
  await page.addScriptTag({ content: await bundled() });
  return {
    follow: () => page.evaluate(`tested.follow("${id}", "user:${id}")`),
    carried: (by, timeout) =>
      page.waitForFunction(`tested.transport() === "${by}"`, undefined, timeout === undefined ? {} : { timeout }),
    came: (count) => page.waitForFunction(`tested.seqs.length >= ${count}`),
    async send(count) {
      for (let n = 0; n < count; n++) await me.call("messages.send", { room, text: "-", key: crypto.randomUUID() });
    },
    async seqs() {
      const seqs = await page.evaluate<number[]>("tested.seqs");
      assert.deepEqual(seqs, seqs.map((_, at) => (seqs[0] ?? 0) + at), "dense and in order");
      return seqs;
    },
  };
}

let script: Promise<string> | undefined;

function bundled(): Promise<string> {
  return script ??= (async () => {
    const entryPoints = ["tests/faults/follow_page.ts"];
    const { outputFiles } = await build({
      entryPoints,
      bundle: true,
      format: "iife",
      globalName: "tested",
      write: false,
    });
    await stop();
    return outputFiles[0]?.text ?? "";
  })();
}
