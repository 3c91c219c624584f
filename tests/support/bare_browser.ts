/**
 * A browser spoken to by its own protocol and nothing between: playwright keeps every page visible, and one that is
 * visible is never frozen.
 */
import { executable } from "./browser.ts";

const START_MS = 20_000;
const ANSWER_MS = 20_000;

export interface BareTab {
  /** Sends a command of the Chrome DevTools Protocol. Throws what it answers as an error. */
  send(method: string, params?: Record<string, unknown>): Promise<unknown>;
  /** The value of an expression; a promise is waited for. */
  evaluate(expression: string): Promise<unknown>;
}

/** Runs `body` with the one tab of a browser of its own. */
export async function withBareTab(body: (tab: BareTab) => Promise<void>): Promise<void> {
  const dir = await Deno.makeTempDir({ prefix: "rivulet_chromium_" });
  const flags = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--no-first-run"];
  const child = new Deno.Command(await executable(), {
    args: [
      ...flags,
      "--disable-background-networking",
      `--user-data-dir=${dir}`,
      "--remote-debugging-port=0",
      "about:blank",
    ],
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).spawn();
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader();
  let socket: WebSocket | undefined;
  try {
    const port = await portIn(reader);
    const targets: { type: string; webSocketDebuggerUrl: string }[] =
      await (await fetch(`http://127.0.0.1:${port}/json`)).json();
    const url = targets.find(({ type }) => type === "page")?.webSocketDebuggerUrl ?? "";
    socket = new WebSocket(url);
    await opened(socket);
    await body(createTab(socket));
  } finally {
    const over = socket && closed(socket);
    child.kill("SIGKILL");
    await Promise.all([over, child.status]);
    await reader.cancel();
    await Deno.remove(dir, { recursive: true }).catch(() => {}); // its children may still write
  }
}

/** What it says when it listens: "DevTools listening on ws://127.0.0.1:<port>/…". */
async function portIn(reader: ReadableStreamDefaultReader<string>): Promise<string> {
  let said = "";
  const timer = setTimeout(() => reader.cancel(), START_MS);
  try {
    for (;;) {
      const { done, value } = await reader.read();
      said += value ?? "";
      const port = /listening on ws:\/\/[^:]+:(\d+)/.exec(said)?.[1];
      if (port !== undefined) return port;
      if (done) throw new Error(`The browser did not start: ${said}`);
    }
  } finally {
    clearTimeout(timer);
  }
}

function createTab(socket: WebSocket): BareTab {
  let last = 0;
  function send(method: string, params: Record<string, unknown> = {}): Promise<unknown> {
    const id = ++last;
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    const timer = setTimeout(() => reject(new Error(`${method} was not answered in ${ANSWER_MS} ms`)), ANSWER_MS);
    const hear = ({ data }: MessageEvent) => {
      const answer = JSON.parse(data);
      if (answer.id !== id) return;
      if (answer.error) reject(new Error(`${method}: ${answer.error.message}`));
      else resolve(answer.result);
    };
    socket.addEventListener("message", hear);
    socket.send(JSON.stringify({ id, method, params }));
    return promise.finally(() => {
      clearTimeout(timer);
      socket.removeEventListener("message", hear);
    });
  }
  return {
    send,
    async evaluate(expression) {
      const answer = await send("Runtime.evaluate", { expression, awaitPromise: true, returnByValue: true });
      const { result, exceptionDetails }: { result?: { value?: unknown }; exceptionDetails?: unknown } =
        typeof answer === "object" && answer !== null ? answer : {};
      if (exceptionDetails) throw new Error(`${expression}: ${JSON.stringify(exceptionDetails)}`);
      return result?.value;
    },
  };
}

function opened(socket: WebSocket): Promise<void> {
  return new Promise((resolve, reject) => {
    socket.onopen = () => resolve();
    socket.onerror = () => reject(new Error("The browser's protocol could not be reached"));
  });
}

function closed(socket: WebSocket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.readyState === WebSocket.CLOSED) resolve();
    socket.onclose = () => resolve();
  });
}
