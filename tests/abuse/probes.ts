/** All probes, in the order in which they run. A new one is a file beside this and a line here. */
import { follows, manyFollows } from "./follows.ts";
import type { Probe } from "./probe.ts";
import { signIns } from "./sign_in.ts";

export const probes: Probe[] = [follows, manyFollows, signIns];
