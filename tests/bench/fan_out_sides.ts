/** The sides of the fan-out: Rivulet, which stores every message, and peers that store none. The text is the same. */
import type { FanOut, KeepAlive, Line } from "./job.ts";
import { type Peer, startNodePeer, startPeer } from "./processes.ts";
import { startServer } from "../support/server.ts";
import { connect, follow, publish, startCentrifugo } from "./peers/centrifugo.ts";
import {
  ACK,
  caller,
  createPeople,
  createRoom,
  follower,
  KEEP_ALIVE,
  makeDataDir,
  sendFrame,
  startRivulet,
} from "./rivulet.ts";

const SOCKETS_A_PERSON = 100;

/** A server that is up, and the job that loads it, but for its size and pace. */
export interface Side {
  name: string;
  pid: number;
  job: Omit<FanOut, "receivers" | "pace" | "seconds">;
  stop(): Promise<void>;
}

/** The receivers are spread over as many people as the server's limit of sockets a person asks for. */
export async function rivuletSide(receivers: number): Promise<Side> {
  const dataDir = await makeDataDir();
  const rivulet = await startRivulet(dataDir);
  const { api } = rivulet;
  const room = await createRoom(api, "bench");
  const people = await createPeople(rivulet, Math.ceil(receivers / SOCKETS_A_PERSON));
  for (const person of people) await person.call("rooms.join", { room });
  // Started anew, so that what is measured is not the memory that hashing everybody's password took.
  await rivulet.server.stop();
  const server = await startServer({ port: rivulet.server.port, dataDir, env: { LIMITS: "off" } });
  async function stop() {
    await server.stop();
    await Deno.remove(dataDir, { recursive: true });
  }
  return {
    name: "Rivulet",
    pid: server.pid,
    job: {
      kind: "fan_out",
      port: server.port,
      keepAlive: KEEP_ALIVE,
      lines: people.map((person) => follower(person, room)),
      sender: caller(api),
      message: sendFrame(room, "%M"),
      ack: ACK,
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

/** Undefined where it cannot be built. */
export async function centrifugoSide(): Promise<Side | undefined> {
  const peer = await startCentrifugo();
  if (!peer) return undefined;
  const path = "/connection/websocket";
  return sideOf(peer, {
    keepAlive: { answer: { heard: "{}", said: "{}" } },
    lines: [{ path, headers: {}, steps: follow }],
    sender: { path, headers: {}, steps: connect },
    message: publish,
  });
}

export async function wsSide(): Promise<Side> {
  return plain(await startPeer("ws", "ws"));
}

export async function bareSide(): Promise<Side> {
  return plain(await startPeer("bare loop", "bare"));
}

/** How a client of Socket.IO comes up, in these rooms. */
export function socketIoLine(rooms: string[]): Line {
  const connect = { hear: "0{", say: "40" };
  const join = [{ hear: "40", say: `420["join",${JSON.stringify(rooms)}]` }, { hear: "430" }];
  const steps = [connect, ...(rooms.length > 0 ? join : [{ hear: "40" }])];
  return { path: "/socket.io/?EIO=4&transport=websocket", headers: {}, steps };
}

export const SOCKET_IO_KEEP_ALIVE: KeepAlive = { answer: { heard: "2", said: "3" } };

function socketIo(peer: Peer): Side {
  return sideOf(peer, {
    keepAlive: SOCKET_IO_KEEP_ALIVE,
    lines: [socketIoLine(["room"])],
    sender: socketIoLine([]),
    message: '42["send","room",{"text":"%M"}]',
  });
}

function plain(peer: Peer): Side {
  const steps = [{ hear: "hello" }];
  return sideOf(peer, {
    keepAlive: {},
    lines: [{ path: "/follow", headers: {}, steps }],
    sender: { path: "/", headers: {}, steps },
    message: '{"text":"%M"}',
  });
}

function sideOf({ name, pid, port, stop }: Peer, job: Omit<Side["job"], "kind" | "port">): Side {
  return { name, pid, job: { kind: "fan_out", port, ...job }, stop };
}
