/**
 * Three instances over one `denokv` behind a balancer without stickiness: latest state is the same whichever answers
 * (lib/protocol/README.md §5), so a poll's `seen` fits at all of them, and nobody seems to come and go from one answer
 * to the next.
 */
import { parseServerFrame } from "../support/frames.ts";
import { pollAnswer } from "../../lib/protocol/poll.ts";
import type { Api } from "../support/api.ts";
import { connectRaw } from "../support/raw_ws.ts";
import { withCluster } from "./cluster.ts";
import { denokvPath } from "./denokv.ts";

const INSTANCES = 3;
const ASKED = 4 * INSTANCES; // the balancer sends each to the next one
const HEARD_MS = 10_000; // presence is told within this wherever it is asked
const GONE_MS = 30_000; // offline, after the last connection's end (lib/protocol/README.md §5)

interface Answered {
  online: string;
  typing: string[];
  seen: string | undefined;
}

async function poll(api: Api, room: string, user: string): Promise<Answered> {
  const body = { v: 1, streams: { [`room:${room}`]: "now" }, wait: 0, users: [user], seen: "" };
  const response = await fetch(`${api.url}/live/poll`, {
    method: "POST",
    headers: { ...api.headers(), "content-type": "application/json", connection: "close" },
    body: JSON.stringify(body),
  });
  const { frames, seen } = pollAnswer.parse(await response.json());
  const known = frames.map((frame) => parseServerFrame(JSON.stringify(frame)));
  const presence = known.find((frame) => frame?.t === "presence");
  const typing = known.find((frame) => frame?.t === "typing");
  return { online: presence?.users[user] ?? "", typing: typing?.users ?? [], seen };
}

Deno.test({
  name: `${INSTANCES} instances over one denokv tell the same latest state`,
  ignore: denokvPath === undefined,
  fn: () =>
    withCluster({ denokv: denokvPath ?? "", instances: INSTANCES }, async (cluster) => {
      const [ann, ben] = [await cluster.join("ann"), await cluster.join("ben")];
      const { room } = await ann.api.call("rooms.create", { name: "here", visibility: "public" });
      await ben.api.call("rooms.join", { room: room.id });

      /** Asks until all of so many answers, of whichever instances, are the same and as they should be. */
      const heardEverywhere = async (
        what: string,
        ms: number,
        is: (answered: Answered) => boolean,
        keepsOn = async () => {},
      ): Promise<void> => {
        const end = performance.now() + ms;
        let answers: Answered[] = [];
        const fits = () => answers.every(is) && new Set(answers.map(({ seen }) => seen)).size === 1;
        do {
          if (performance.now() > end) throw new Error(`${what} was not told: ${JSON.stringify(answers)}`);
          await keepsOn();
          answers = [];
          while (answers.length < ASKED) answers.push(await poll(ben.api, room.id, ann.id));
        } while (!fits());
      };
      const socket = await connectRaw({ port: cluster.port, path: "/live/ws?v=1", headers: ann.api.headers() });
      await heardEverywhere("that Ann is online", HEARD_MS, ({ online }) => online === "online");
      const types = async () => void await ann.api.call("presence.typing", { room: room.id });
      await heardEverywhere("that Ann types", HEARD_MS, ({ typing }) => typing[0] === ann.id, types);
      await heardEverywhere("that Ann types no more", HEARD_MS, ({ typing }) => typing.length === 0);
      socket.drop();
      await heardEverywhere("that Ann is offline", GONE_MS, ({ online }) => online === "offline");
    }),
});
