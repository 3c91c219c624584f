/** Many rooms of many people: acknowledged sends a second, each delivered to a room, against Socket.IO, which stores none. */
import { SOCKET_IO_KEEP_ALIVE, socketIoLine } from "../fan_out_sides.ts";
import type { Line, Sends, SendsResult } from "../job.ts";
import { hold, load, type Peer, startNodePeer, startPeer } from "../processes.ts";
import { ACK, caller, createPeople, createRoom, follower, KEEP_ALIVE, sendFrame, startRivulet } from "../rivulet.ts";
import { inRounds, middle, type Round, type Run, spread } from "../rounds.ts";
import { ms, rate, type Row } from "../table.ts";

const ROOMS = 50; // each of as many people, who are in all of them
const TEXT = "x".repeat(120);
const WINDOWS = [{ inFlight: 8, atLeast: 0.6 }, { inFlight: 1, atLeast: 0.4 }];
const RIVULET = "Rivulet";

interface Side {
  name: string;
  pid: number;
  /** The followers' process. */
  clients: number[];
  job: Omit<Sends, "window" | "seconds">;
  stop(): Promise<void>;
}

export async function manyRooms({ seconds, rounds }: { seconds: number; rounds: number }): Promise<Row[]> {
  const sides: Side[] = [];
  try {
    sides.push(await rivuletRooms());
    const peers = [
      await startPeer("Socket.IO on Deno", "socket_io"),
      await startNodePeer("Socket.IO on Node", "socket_io"),
    ];
    for (const peer of peers) if (peer) sides.push(await socketIoRooms(peer));
    const rows: Row[] = [];
    for (const { inFlight: window, atLeast } of WINDOWS) {
      const runners = sides.map(({ name, pid, clients, job }) => ({
        name,
        pid,
        clients,
        run: () => load<Sends>({ ...job, window, seconds }),
      }));
      const measured = await inRounds(rounds, runners);
      const speed = (name: string) => middle(runsOf(measured.rounds, name).map(({ result }) => result.acksPerSecond));
      const [best] = sides.slice(1).map(({ name }) => name).sort((a, b) => speed(b) - speed(a));
      if (best === undefined) throw new Error("Socket.IO was not measured");
      const [ours, theirs] = [runsOf(measured.rounds, RIVULET), runsOf(measured.rounds, best)];
      const ratios = ours.map(({ result }, at) => result.acksPerSecond / (theirs[at]?.result.acksPerSecond ?? NaN));
      const ratio = middle(ratios);
      rows.push({
        what: `acks/s, ${ROOMS} rooms of ${ROOMS} people, ${window} in flight each (${measured.said})`,
        ours: told(ours),
        theirs: `${told(theirs)} ${best}${spread(ratios, (it) => `${it.toFixed(2)} ×`)}`,
        ratio,
        hold: `≥ ${atLeast} ×`,
        held: ratio >= atLeast && ours.every(({ result }) => result.acked === result.sent),
      });
    }
    return rows;
  } finally {
    for (const side of sides) await side.stop();
  }
}

async function rivuletRooms(): Promise<Side> {
  const rivulet = await startRivulet();
  const people = await createPeople(rivulet, ROOMS);
  const rooms = await Promise.all(people.map((person, at) => createRoom(person, `bench ${at}`)));
  for (const room of rooms) await Promise.all(people.map((person) => person.call("rooms.join", { room })));
  const peer = { name: RIVULET, pid: rivulet.server.pid, port: rivulet.server.port, stop: rivulet.stop };
  return await followed(peer, people.map((person) => follower(person, ...rooms)), {
    keepAlive: KEEP_ALIVE,
    senders: people.map((person, at) => ({ line: caller(person), message: sendFrame(rooms[at] ?? "", TEXT) })),
    ack: ACK,
  });
}

async function socketIoRooms(peer: Peer): Promise<Side> {
  const rooms = Array.from({ length: ROOMS }, (_, at) => `room${at}`);
  return await followed(peer, rooms.map(() => socketIoLine(rooms)), {
    keepAlive: SOCKET_IO_KEEP_ALIVE,
    senders: rooms.map((room) => ({
      line: socketIoLine([]),
      message: `42%N["send","${room}",{"text":"${TEXT}"}]`,
    })),
    ack: "43",
  });
}

/** Everybody hears all rooms on one connection: as many deliveries as if each heard each room on one of its own. */
async function followed(peer: Peer, lines: Line[], job: Omit<Side["job"], "kind" | "port">): Promise<Side> {
  const { port, name, pid } = peer;
  const followers = await hold({ kind: "idle", port, keepAlive: job.keepAlive, count: lines.length, lines });
  async function stop() {
    await followers.stop();
    await peer.stop();
  }
  return { name, pid, clients: [followers.pid], job: { kind: "sends", port, ...job }, stop };
}

function runsOf(rounds: Round<SendsResult>[], name: string): Run<SendsResult>[] {
  return rounds.flatMap((round) => round.get(name) ?? []);
}

function told(runs: Run<SendsResult>[]): string {
  const cpu = middle(runs.map(({ cpu, result }) => (1e6 * cpu) / Math.max(1, result.acked)));
  const speed = rate(middle(runs.map(({ result }) => result.acksPerSecond)));
  return `${speed} (p99 ${ms(middle(runs.map(({ result }) => result.p99Ms)))}, ${Math.round(cpu)} µs CPU each)`;
}
