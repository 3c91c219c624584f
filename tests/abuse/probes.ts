/** All probes, in the order in which they run. A new one is a file beside this and a line here. */
import { feeds, lists, reactions, unread, unreadHttp } from "./calls.ts";
import { follows, manyFollows } from "./follows.ts";
import type { Probe } from "./probe.ts";
import { eventStreams, pages, polls } from "./requests.ts";
import { signIns } from "./sign_in.ts";
import { hostile } from "./texts.ts";

export const probes: Probe[] = [
  follows,
  manyFollows,
  unread,
  unreadHttp,
  lists,
  feeds,
  pages,
  polls,
  eventStreams,
  reactions,
  signIns,
  hostile,
];
