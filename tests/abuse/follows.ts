/** `follow` frames, each naming as many streams as it can: of none of them is there anything. */
import { connectRaw } from "../support/raw_ws.ts";
import type { Probe, Target } from "./probe.ts";
import { pause } from "./senders.ts";

const AGAIN_MS = 500; // between two connections, where one was ended

function probe(name: string, { frames, streams }: { frames: number; streams: number }): Probe {
  return {
    name,
    does: `${frames} frames of ${streams} absent streams, again and again`,
    async attack(target, signal, say) {
      for (let round = 0; !signal.aborted; round++, await pause(AGAIN_MS)) {
        const ws = await connect(target).catch(() => undefined);
        if (!ws) continue;
        ws.closed.then(({ code }) => say(`closed with ${code}`));
        for (let frame = 0; frame < frames && !signal.aborted; frame++) {
          const names = Array.from({ length: streams }, (_, i) => [`room:absent-${round}-${frame}-${i}`, "now"]);
          await ws.send(JSON.stringify({ t: "follow", streams: Object.fromEntries(names) })).catch(() => {});
        }
        await ws.closed;
      }
    },
  };
}

const connect = async ({ port, attacker: { cookie } }: Target) => {
  const ws = await connectRaw({ port, path: "/live/ws?v=1", headers: { cookie } });
  (async () => {
    for (;;) await ws.next();
  })().catch(() => {});
  return ws;
};

export const follows = probe("follows", { frames: 300, streams: 256 });
export const manyFollows = probe("many-follows", { frames: 200, streams: 2_000 });
