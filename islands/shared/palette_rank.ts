/** Which of all choices the switcher shows for a word, the best first, in sections. */
import fuzzysort from "fuzzysort";
import { type ComponentChildren, h } from "preact";

export const SHOWN_MAX = 12;
/** A room that one was in lately goes before one that matches about as well. */
const RECENT_SCORE = 0.05;
const DETAIL_WEIGHT = 0.8;
const OTHER_WORDS_WEIGHT = 0.7;
/** An archived room goes behind others that match, however well it does itself. */
const ARCHIVED_WEIGHT = 0.3;

export type Section = "Recent" | "Rooms" | "People" | "Commands" | "Settings";

export interface Choice {
  id: string;
  section: Section;
  /** The icon or picture before its name. */
  face: ComponentChildren;
  label: string;
  detail: string;
  /** Other words for it, which are not shown. */
  also?: string;
  isRecent?: boolean;
  isArchived?: boolean;
  /** The keys that do the same. */
  keys?: readonly string[];
  /** The room that it opens. */
  room?: string;
  choose(): void;
}

/** `marked` is the label with the matched letters in `<mark>`. */
export type Ranked = Choice & { marked?: ComponentChildren };

export interface RankedSections {
  sections: { title: Section; choices: Ranked[] }[];
  isMore: boolean;
}

export interface RankDeps {
  word: string;
  /** "rooms", "people" or "commands": only these. */
  among: string | undefined;
  /** Choices in their order while nothing is typed. */
  all: readonly Choice[];
  /** Ids that the server found for this very word: they are among the shown, however they rank here. */
  hits: readonly string[];
}

export function rank({ word, among, all, hits }: RankDeps): RankedSections {
  const some = all.filter((it) =>
    among === undefined || groups[it.section] === among || (it.isRecent && among === "rooms")
  );
  if (word === "") return inSections(some);
  const plain: Ranked[] = some.map((it) => it.section === "Recent" ? { ...it, section: "Rooms" } : it);
  const results = fuzzysort.go(word, plain, {
    keys: ["label", "detail", (it) => it.also ?? ""],
    scoreFn: (it) => {
      const [label, detail, also] = it.map((one) => one.score);
      const best = Math.max(label ?? 0, (detail ?? 0) * DETAIL_WEIGHT, (also ?? 0) * OTHER_WORDS_WEIGHT);
      if (it.obj.isArchived) return best * ARCHIVED_WEIGHT;
      return best > 0 && it.obj.isRecent ? best + RECENT_SCORE : best;
    },
  });
  const best = results.map((it): Ranked => {
    const [label] = it;
    const marked = label && label.score > 0
      ? label.highlight((letters, at) => h("mark", { key: at }, letters))
      : undefined;
    return { ...it.obj, marked };
  });
  const ids = new Set(best.map((it) => it.id));
  return inSections([...best, ...plain.filter((it) => hits.includes(it.id) && !ids.has(it.id))]);
}

const groups: Record<Section, string> = {
  Recent: "rooms",
  Rooms: "rooms",
  People: "people",
  Commands: "commands",
  Settings: "commands",
};

/** The section of the best comes first. */
function inSections(all: readonly Ranked[]): RankedSections {
  const sections = new Map<Section, Ranked[]>();
  for (const it of all.slice(0, SHOWN_MAX)) sections.set(it.section, [...sections.get(it.section) ?? [], it]);
  return {
    sections: [...sections].map(([title, choices]) => ({ title, choices })),
    isMore: all.length > SHOWN_MAX,
  };
}
