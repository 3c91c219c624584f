/** The sides of the fan-out: Rivulet, which stores every message, and peers that store none. The text is the same. */
import type { FanOut } from "./job.ts";
import { type Peer, startNodePeer, startPeer } from "./processes.ts";
import { ACK, caller, createRoom, follower, KEEP_ALIVE, sendFrame, startRivulet } from "./rivulet.ts";

const PAD = "x".repeat(100);
const TEXT = `%M ${PAD}`;

/** A server that is up, and the job that loads it, but for its size and pace. */
export interface Side {
  name: string;
  pid: number;
  job: Omit<FanOut, "receivers" | "pace" | "seconds">;
  stop(): Promise<void>;
}

export async function rivuletSide(): Promise<Side> {
  const { server, api, stop } = await startRivulet();
  const room = await createRoom(api, "bench");
  return {
    name: "Rivulet",
    pid: server.pid,
    job: {
      kind: "fan_out",
      port: server.port,
      keepAlive: KEEP_ALIVE,
      receiver: follower(api, room),
      sender: caller(api),
      message: sendFrame(room, TEXT),
      ack: ACK,
      skip: PAD.length,
    },
    stop,
  };
}

export async function socketIoSide(): Promise<Side> {
  return socketIo(await startPeer("Socket.IO on Deno", "socket_io"));
}

/** Undefined where there is no Node. */
export async function socketIoOnNodeSide(): Promise<Side | undefined> {
  const peer = await startNodePeer("Socket.IO on Node", "socket_io");
  return peer && socketIo(peer);
}

export async function wsSide(): Promise<Side> {
  return plain(await startPeer("ws", "ws"));
}

export async function bareSide(): Promise<Side> {
  return plain(await startPeer("bare loop", "bare"));
}

function socketIo({ name, pid, port, stop }: Peer): Side {
  const path = "/socket.io/?EIO=4&transport=websocket";
  return {
    name,
    pid,
    job: {
      kind: "fan_out",
      port,
      keepAlive: { answer: { heard: "2", said: "3" } },
      receiver: {
        path,
        headers: {},
        steps: [{ hear: "0{", say: "40" }, { hear: "40", say: '420["join"]' }, { hear: "430" }],
      },
      sender: { path, headers: {}, steps: [{ hear: "0{", say: "40" }, { hear: "40" }] },
      message: `42["send",{"text":"${TEXT}"}]`,
      skip: PAD.length,
    },
    stop,
  };
}

function plain({ name, pid, port, stop }: Peer): Side {
  const steps = [{ hear: "hello" }];
  return {
    name,
    pid,
    job: {
      kind: "fan_out",
      port,
      keepAlive: {},
      receiver: { path: "/follow", headers: {}, steps },
      sender: { path: "/", headers: {}, steps },
      message: `{"text":"${TEXT}"}`,
      skip: PAD.length,
    },
    stop,
  };
}
