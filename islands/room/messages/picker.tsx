/** Asks for an emoji: the most used ones, all of them by kind, or those found by a word. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import type { Message } from "../../../lib/protocol/messages.ts";
import { isComposing } from "../../shared/composing.ts";
import { usePopover } from "../../shared/use_popover.ts";
import type { MessageActions } from "./message_actions.ts";
import { type Emoji, emojiOf, findEmojis, groups } from "./emojis.ts";
import { placeBeside } from "./place_beside.ts";

export function Picker({ actions, message }: { actions: MessageActions; message: Message }) {
  const { close, props } = usePopover(() => actions.picking.value = undefined, (it) => {
    placeBeside(it, it.closest("[data-row]") ?? it);
    // On touch the keyboard would cover the emoji.
    const first = matchMedia("(hover: hover)").matches ? "input" : ".list button";
    it.querySelector<HTMLElement>(first)?.focus({ preventScroll: true });
  });
  const wanted = useSignal("");
  const most = useRef(actions.used.most().map(emojiOf)).current;

  const found = wanted.value.trim() === "" ? undefined : findEmojis(wanted.value);
  const shown = found
    ? found.length > 0 ? [{ name: "Found", emojis: found }] : []
    : [{ name: "Most used", emojis: most }, ...groups];
  const pick = (emoji: string) => {
    close(); // The focus goes back to where it was.
    actions.react(message, emoji);
  };
  return (
    <div
      {...props}
      class="pop emojis"
      role="dialog"
      aria-label="React to the message"
      onKeyDown={(event) => {
        props.onKeyDown(event);
        moved(event);
      }}
    >
      <input
        class="input"
        type="search"
        aria-label="Find an emoji"
        placeholder="Find an emoji"
        autocomplete="off"
        value={wanted.value}
        onInput={(event) => wanted.value = event.currentTarget.value}
        onKeyDown={(event) => {
          const [first] = found ?? most;
          if (event.key !== "Enter" || isComposing(event) || !first) return;
          event.preventDefault();
          pick(first.emoji);
        }}
      />
      <div class="list">
        {shown.map(({ name, emojis }, at) => (
          <div key={name} role="group" aria-labelledby={`emojis-${at}`}>
            <h3 class="opt-h" id={`emojis-${at}`}>{name}</h3>
            {emojis.map((it, i) => (
              <Choice
                key={it.emoji}
                it={it}
                message={message}
                me={actions.chat.me.id}
                isStop={at + i === 0}
                pick={pick}
              />
            ))}
          </div>
        ))}
        {found?.length === 0 && <p class="mid opt-h" role="status">No matches.</p>}
      </div>
    </div>
  );
}

interface ChoiceProps {
  it: Emoji;
  message: Message;
  me: string;
  isStop: boolean;
  pick(emoji: string): void;
}

function Choice({ it, message, me, isStop, pick }: ChoiceProps) {
  return (
    <button
      type="button"
      tabIndex={isStop ? 0 : -1}
      aria-label={it.name}
      title={it.name}
      aria-pressed={message.reactions[it.emoji]?.users.includes(me) ?? false}
      onClick={() => pick(it.emoji)}
    >
      {it.emoji}
    </button>
  );
}

/** Arrow keys: the next in reading order, or the nearest in the line above or below; the first leads to the field. */
function moved(event: KeyboardEvent) {
  const { currentTarget: root, target, key } = event;
  if (!(root instanceof HTMLElement) || !(target instanceof HTMLElement)) return;
  const all = [...root.querySelectorAll<HTMLElement>(".list button")];
  const at = all.findIndex((it) => it === target);
  const isField = at < 0;
  if (isField && key !== "ArrowDown") return;
  const to = isField
    ? all[0]
    : { ArrowLeft: all[at - 1], ArrowRight: all[at + 1], Home: all[0], End: all.at(-1) }[key] ??
      (key === "ArrowDown" ? inLine(all.slice(at + 1), target) : undefined) ??
      (key === "ArrowUp" ? inLine(all.slice(0, at).reverse(), target) ?? root.querySelector("input") : undefined);
  if (!to) return;
  event.preventDefault();
  to.focus();
}

/** The nearest in the first line that is not the line of `from`; `others` are in the order of their distance. */
function inLine(others: readonly HTMLElement[], from: HTMLElement): HTMLElement | undefined {
  const first = others.find((it) => it.offsetTop !== from.offsetTop);
  const line = others.filter((it) => it.offsetTop === first?.offsetTop);
  const distance = (it: HTMLElement) => Math.abs(it.offsetLeft - from.offsetLeft);
  return line.sort((a, b) => distance(a) - distance(b))[0];
}
