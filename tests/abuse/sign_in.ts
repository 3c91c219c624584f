/** Wrong passwords, 590 at once, and what they cost somebody who signs in from another address. */
import { createApi, OWNER } from "../support/api.ts";
import type { Probe, Target } from "./probe.ts";
import { pause } from "./senders.ts";

const AT_ONCE = 590; // just under what an address may ask for in 10 s without being signed in
const EACH_MS = 10_000;
const SIGN_IN_MS = 500; // between two sign-ins of the other
const OTHER_ADDRESS = "127.0.0.2";

export const signIns: Probe = {
  name: "sign-ins",
  does: `${AT_ONCE} wrong passwords at once from one address, again and again`,
  async attack(target, signal, say) {
    const looking = watchOther(target, signal, say);
    for (let round = 0; !signal.aborted; round++) {
      const began = performance.now();
      const statuses = await Promise.all(Array.from({ length: AT_ONCE }, (_, n) => wrongTry(target, `h${round}-${n}`)));
      const counted = Map.groupBy(statuses, (status) => status);
      say([...counted].map(([status, all]) => `${status}: ${all.length}`).join(", "));
      await pause(Math.max(0, EACH_MS - (performance.now() - began)));
    }
    await looking;
  },
};

/** The status, 0 where there was no answer. */
async function wrongTry({ url }: Target, handle: string): Promise<number> {
  try {
    const response = await createApi(url).post("auth.signIn", { handle, password: "wrong horse battery" });
    await response.body?.cancel();
    return response.status;
  } catch {
    return 0;
  }
}

/** Signs the attacker in from another address, and says what the slowest time so far was. */
async function watchOther({ url, attacker }: Target, signal: AbortSignal, say: (line: string) => void): Promise<void> {
  const client = Deno.createHttpClient({ localAddress: OTHER_ADDRESS });
  const body = JSON.stringify({ handle: attacker.handle, password: OWNER.password });
  const headers = { origin: url, "content-type": "application/json" };
  for (let slowest = 0; !signal.aborted; await pause(SIGN_IN_MS)) {
    const began = performance.now();
    const response = await fetch(`${url}/api/auth.signIn`, { method: "POST", headers, body, client }).catch(() => null);
    await response?.body?.cancel();
    const took = performance.now() - began;
    if (took <= slowest && response?.ok) continue;
    slowest = Math.max(took, slowest);
    say(`another address signed in with ${response?.status} after ${took.toFixed(0)} ms`);
  }
  client.close();
}
