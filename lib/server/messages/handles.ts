/** Finds handles in a parsed text. The people to notify are read off the tinted nodes, so both are the same. */
import type { Block, Body, Inline } from "../../protocol/body.ts";
import { HANDLE_MAX } from "../../protocol/fields.ts";

const RUN = /@([A-Za-z0-9._-]+)/g;
const PLAIN_NAME = /^[a-z0-9]+$/; // most are ASCII, and have one reading
const NEAR = 64; // characters beside an "@" that decide whom it names, or whether it belongs to a mail address
const ENDS_MAX = 4; // readings of the marks behind a name: "ann..." as "ann...", "ann..", "ann." and "ann"

const WORD = String.raw`\p{sc=Latin}\p{sc=Greek}\p{sc=Cyrillic}`;
/** Matches, backwards from an "@", the end of a mail address's first half, in scripts with spaces between words. */
const BEHIND_LOCAL_PART = new RegExp(
  // Not a mark of something else: emoji end with one, and so do words of scripts without such addresses.
  String.raw`(?<=[${WORD}]\p{M}{0,${NEAR}}|[${WORD}][${WORD}\p{N}._%+\-]{0,${NEAR - 2}}\p{N})@`,
  "uy",
);
/** Characters that continue the name before them. */
const WORD_GOES_ON = new RegExp(String.raw`\p{DI}{0,${NEAR}}[${WORD}\p{M}\p{N}]`, "uy");

/** The handles that a text may mention, lower case, at most `max`. */
export function handlesIn(body: Body, max: number): string[] {
  const handles = new Set<string>();
  for (const text of textsOf(body)) {
    for (const { names } of runsIn(text)) {
      for (const name of names) {
        if (handles.size === max) return [...handles];
        handles.add(name);
      }
    }
  }
  return [...handles];
}

/** The same text with its mentions as nodes, as far as `nodesMax` lets it grow. `people`: handle → user id. */
export function withMentions(body: Body, people: Record<string, string>, nodesMax: number): Body {
  if (Object.keys(people).length === 0) return body;
  let left = nodesMax - nodesOf(body);

  const inBlock = (block: Block): Block => {
    switch (block.t) {
      case "p":
      case "h":
        return { ...block, c: block.c.flatMap(inInline) };
      case "quote":
      case "item":
      case "ul":
      case "ol":
        return { ...block, c: block.c.map(inBlock) };
      default:
        return block;
    }
  };
  const inInline = (node: Inline): Inline[] => {
    if (typeof node === "string") return split(node);
    if (node.t !== "em" && node.t !== "strong" && node.t !== "del") return [node];
    return [{ ...node, c: node.c.flatMap(inInline) }];
  };
  const split = (text: string): Inline[] => {
    const nodes: Inline[] = [];
    let end = 0;
    for (const { at, names: [name = ""] } of runsIn(text, (it) => Object.hasOwn(people, it))) {
      if (left < 2) break;
      left -= 2; // the mention, and the text behind it
      if (at > end) nodes.push(text.slice(end, at));
      end = at + 1 + name.length;
      nodes.push({ t: "at", user: people[name] ?? "", text: text.slice(at, end) });
    }
    if (end < text.length) nodes.push(text.slice(end));
    return nodes;
  };
  return body.map(inBlock);
}

/** The people whom a body shows, once each. */
export function peopleIn(body: Body): string[] {
  const people = new Set<string>();
  const look = (nodes: readonly (Block | Inline)[]) => {
    for (const node of nodes) {
      if (typeof node === "string") continue;
      if (node.t === "at") people.add(node.user);
      else if ("c" in node) look(node.c);
    }
  };
  look(body);
  return [...people];
}

/** Each place that may mention somebody: where its "@" is, and its possible handles, the longest first. */
function* runsIn(text: string, isNamed = (_name: string) => true): Generator<{ at: number; names: string[] }> {
  if (!text.includes("@")) return;
  for (const { index: at, 1: run = "" } of text.matchAll(RUN)) {
    const some = namesIn(run).filter(isNamed);
    if (some.length === 0) continue;
    const isFree = at === 0 || text[at - 1] === " "; // most are ASCII, and need no closer check
    if (!isFree && matchesAt(BEHIND_LOCAL_PART, text, at)) continue;
    const names = some.filter((name) => !matchesAt(WORD_GOES_ON, text, at + 1 + name.length));
    if (names.length > 0) yield { at, names };
  }
}

/** Whether a sticky expression matches at a place of a text. */
export function matchesAt(sticky: RegExp, text: string, at: number): boolean {
  sticky.lastIndex = at;
  return sticky.test(text);
}

/**
 * "ann.b" may be that handle only, "ann." also "ann" at the end of a sentence, "ann--b" also "ann" before a dash.
 * There are old handles that end with a mark.
 */
function namesIn(run: string): string[] {
  const name = run.slice(0, NEAR).toLowerCase();
  if (PLAIN_NAME.test(name)) return name.length <= HANDLE_MAX ? [name] : [];
  const [dashed = ""] = /^[a-z0-9].*?[._-]{2,}(?=[a-z0-9])/.exec(name) ?? [];
  return [...endings(name), ...endings(dashed)].filter((it) => it !== "" && it.length <= HANDLE_MAX);
}

function endings(name: string): string[] {
  const bare = name.replace(/[._-]+$/, "");
  const ends = Math.min(name.length, bare.length + ENDS_MAX - 1);
  return Array.from({ length: ends - bare.length + 1 }, (_, at) => name.slice(0, ends - at));
}

function* textsOf(nodes: readonly (Block | Inline)[]): Generator<string> {
  for (const node of nodes) {
    if (typeof node === "string") yield node;
    else if ("c" in node && node.t !== "a" && node.t !== "pre" && node.t !== "span") yield* textsOf(node.c);
  }
}

function nodesOf(nodes: readonly (Block | Inline)[]): number {
  return nodes.reduce((sum, node) => sum + 1 + (typeof node !== "string" && "c" in node ? nodesOf(node.c) : 0), 0);
}
