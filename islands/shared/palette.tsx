/** The quick switcher's list: rooms, people, commands and settings, found by any part of their name. */
import { useSignal } from "@preact/signals";
import { useEffect, useLayoutEffect, useMemo } from "preact/hooks";
import type { FoundPage } from "../../lib/client/stores/found.ts";
import { choicesOf, idOf } from "./palette_choices.tsx";
import type { Hit, PaletteProps } from "./palette_props.ts";
import { type Choice, rank, type Ranked, SHOWN_MAX } from "./palette_rank.ts";
import { readRecent } from "./recent_rooms.ts";
import { useFound } from "./use_found.ts";

/** A sign before a word looks only among these. */
const signs = new Map([["#", "rooms"], ["@", "people"], [">", "commands"]]);

export function Palette(props: PaletteProps) {
  const { me, wanted, active, keys, isEntered, close } = props;
  const at = useSignal({ index: 0, word: "" });
  const recent = useMemo(() => readRecent(me.id), []);
  const typed = wanted.value.trim();
  const among = signs.get(typed[0] ?? "");
  const word = among ? typed.slice(1).trim() : typed;
  const hits = useFound<Hit>(among === "commands" ? "" : word, (query) => lookUp(props, query));
  const isAnswered = hits.of.value === word || among === "commands";
  const found = rank({
    word,
    among,
    all: choicesOf(props, hits.items.value, recent),
    hits: hits.of.value === word ? hits.items.value.map(idOf) : [],
  });
  const options = found.sections.flatMap((section) => section.choices);
  // Another word begins at its best match again.
  const index = at.value.word === typed ? Math.min(at.value.index, options.length - 1) : 0;

  const choose = (choice: Choice | undefined) => {
    if (!choice) return;
    close();
    choice.choose();
  };
  useLayoutEffect(() => {
    active.value = options[index] && optionId(index);
    if (index > 0) document.getElementById(optionId(index))?.scrollIntoView({ block: "nearest" });
    if (isEntered.current) choose(options[index]);
    isEntered.current = false;
    keys.current = (event) => {
      const by = { ArrowDown: 1, ArrowUp: -1 }[event.key];
      if (options.length === 0 || (by === undefined && event.key !== "Enter")) return;
      event.preventDefault();
      if (by === undefined) choose(options[index]);
      else at.value = { index: (index + by + options.length) % options.length, word: typed };
    };
  });
  useLayoutEffect(() => () => void (keys.current = undefined), []);
  const pointed = options[index]?.room;
  useEffect(() => props.near?.(pointed), [pointed]);

  const notice = found.isMore || (word !== "" && hits.more.value)
    ? word === "" ? "Type to find others." : "Keep typing to find more."
    : hits.error.value !== undefined
    ? "Can't reach the server. Some results may be missing."
    : options.length === 0 && isAnswered
    ? "No matches."
    : "";
  return (
    <>
      <div class="list" role="listbox" id="palette-results" aria-label="Results">
        {found.sections.map(({ title, choices }) => (
          <div key={title} role="group" aria-label={title}>
            <p class="opt-h" aria-hidden="true">{title}</p>
            {choices.map((it) => {
              const place = options.indexOf(it);
              return (
                <Option
                  key={it.id}
                  it={it}
                  id={optionId(place)}
                  isOn={place === index}
                  point={() => at.value = { index: place, word: typed }}
                  choose={() => choose(it)}
                />
              );
            })}
          </div>
        ))}
      </div>
      <p class={notice === "" ? "vh" : "mid opt-h"} role="status">{notice}</p>
      <p class="hints" aria-hidden="true">
        <span>
          <kbd>↑</kbd>
          <kbd>↓</kbd> move
        </span>
        <span>
          <kbd>↵</kbd> open
        </span>
        <span>
          <kbd>#</kbd> rooms
        </span>
        <span>
          <kbd>@</kbd> people
        </span>
        <span>
          <kbd>&gt;</kbd> commands
        </span>
      </p>
    </>
  );
}

interface OptionProps {
  it: Ranked;
  id: string;
  isOn: boolean;
  point(): void;
  choose(): void;
}

function Option({ it, id, isOn, point, choose }: OptionProps) {
  return (
    <div id={id} class="opt" role="option" aria-selected={isOn} onPointerMove={point} onClick={choose}>
      {it.face}
      <span class="grow cut">
        {it.marked ?? it.label} <span class="dim">{it.detail}</span>
      </span>
      {it.keys?.map((key) => <kbd key={key}>{key}</kbd>)}
    </div>
  );
}

const optionId = (index: number) => `palette-${index}`;

/** Asks the server, because a page has not all rooms, and only those people whom it names. */
async function lookUp({ chat }: PaletteProps, query: string): Promise<FoundPage<Hit>> {
  if (query === "") return { items: [], more: false };
  const page = { query, limit: SHOWN_MAX };
  const [{ rooms, more }, people] = await Promise.all([
    chat.live.call("rooms.list", page),
    chat.live.call("users.list", { ...page, active: true }),
  ]);
  return { items: [...rooms, ...people.users], more: more || people.more };
}
