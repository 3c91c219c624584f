/** A transport whose server is the test: it sees what the client sends and says what the test says. */
import type { Transport, TransportEvents } from "../../lib/client/connection/transport.ts";
import { Refusal, toProblem } from "../../lib/protocol/errors.ts";
import { type ClientFrame, clientFrame, type ServerFrame } from "../../lib/protocol/frames.ts";
import { parseServerFrame } from "../support/frames.ts";
import { user } from "./samples.ts";

export interface ScriptedConnection {
  sent: ClientFrame[];
  /** What the client closed it with. */
  closedBy?: number;
  /** How often it was told that the machine woke. */
  wakes: number;
  /** Says a frame, through JSON and its schema as on the wire. */
  say(frame: ServerFrame): void;
  /** It opens, and says nothing yet. */
  opens(): void;
  welcome(): void;
  reply(name: string, answer: unknown): void;
  close(code: number): void;
  /** Calls of this name that have no reply yet, oldest first. */
  open(name: string): { id: number; body: unknown }[];
  /** Every frame of one kind that the client sent. */
  all<T extends ClientFrame["t"]>(t: T): Extract<ClientFrame, { t: T }>[];
}

export interface ScriptedTransport extends Transport {
  connections: ScriptedConnection[];
  last(): ScriptedConnection;
}

export const PING_MS = 20_000;

export function createScriptedTransport(name: Transport["name"] = "ws"): ScriptedTransport {
  const connections: ScriptedConnection[] = [];
  return {
    name,
    connections,
    last() {
      const one = connections.at(-1);
      if (!one) throw new Error("nothing connected");
      return one;
    },
    connect(on) {
      const one = createConnection(name, on);
      connections.push(one.server);
      return one.client;
    },
  };
}

function createConnection(transport: Transport["name"], on: TransportEvents) {
  const answered = new Set<number>();
  const server: ScriptedConnection = {
    sent: [],
    wakes: 0,
    say(frame) {
      const parsed = parseServerFrame(JSON.stringify(frame));
      if (!parsed) throw new Error(`no server frame: ${JSON.stringify(frame)}`);
      on.frame(parsed);
    },
    opens: () => on.opened?.(),
    welcome: () =>
      server.say({ t: "welcome", v: 1, user: user("me"), session: "s", ping: PING_MS, transport, instance: "i" }),
    reply(name, answer) {
      const [call] = server.open(name);
      if (!call) throw new Error(`no ${name} under way`);
      answered.add(call.id);
      if (answer instanceof Refusal) server.say({ t: "reply", id: call.id, error: toProblem(answer) });
      else server.say({ t: "reply", id: call.id, result: answer });
    },
    close: (code) => on.closed(code),
    open: (name) =>
      server.all("call").filter((it) => it.name === name && !answered.has(it.id)).map(({ id, body }) => ({ id, body })),
    all<T extends ClientFrame["t"]>(t: T) {
      return server.sent.filter((it): it is Extract<ClientFrame, { t: T }> => it.t === t);
    },
  };
  const client = {
    send: (frame: ClientFrame) => void server.sent.push(clientFrame.parse(JSON.parse(JSON.stringify(frame)))),
    close: (code: number) => void (server.closedBy = code),
    wake: () => void server.wakes++,
  };
  return { server, client };
}
