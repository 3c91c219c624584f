/** The list of keys, and the switch for those that are one character. */
import { Dialog } from "./dialog.tsx";

const isMac = /Mac|iP/.test(navigator.platform);
const CTRL = isMac ? "⌘" : "Ctrl";
const ALT = isMac ? "⌥" : "Alt";

interface Key {
  /** Each way to do it, as the keys that are pressed together. */
  keys: readonly string[][];
  does: string;
}

const lists: readonly { title: string; keys: readonly Key[] }[] = [
  {
    title: "Anywhere",
    keys: [
      { keys: [[CTRL, "K"], ["/"]], does: "Jump to a room or a person" },
      { keys: [[ALT, "↑"], [ALT, "↓"]], does: "The room before, the next one" },
      { keys: [[ALT, "Shift", "↑"], [ALT, "Shift", "↓"]], does: "The same, of those with something new" },
      { keys: [["Esc"]], does: "Close what is open" },
      { keys: [["?"]], does: "This list" },
    ],
  },
  {
    title: "In a room",
    keys: [
      { keys: [["Enter"]], does: "Send" },
      { keys: [["Shift", "Enter"]], does: "New line" },
      { keys: [["↑"]], does: "In an empty message: edit your last one" },
      { keys: [["↑"], ["↓"], ["Home"], ["End"]], does: "On a message: go to another" },
      { keys: [["+"]], does: "On a message: react" },
    ],
  },
  {
    title: "In the feed",
    keys: [
      { keys: [["j"], ["k"]], does: "The next, the one before" },
      { keys: [["Enter"]], does: "Open what it is about" },
      { keys: [["e"]], does: "Seen up to here" },
      { keys: [["Shift", "Esc"]], does: "All of it seen" },
    ],
  },
];

export interface KeysProps {
  /** Keys of one character work. */
  hasLetters: boolean;
  onLetters(are: boolean): void;
  onClose(): void;
}

export function Keys({ hasLetters, onLetters, onClose }: KeysProps) {
  return (
    <Dialog id="keys" title="Keyboard" onClose={onClose}>
      {lists.map(({ title, keys }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl class="facts keys">
            {keys.map((it) => (
              <>
                <dt>{it.does}</dt>
                <dd>
                  {it.keys.map((together) => (
                    <span key={together.join()}>{together.map((key) => <kbd key={key}>{key}</kbd>)}</span>
                  ))}
                </dd>
              </>
            ))}
          </dl>
        </section>
      ))}
      <label class="check">
        <input
          type="checkbox"
          checked={hasLetters}
          onChange={(event) => onLetters(event.currentTarget.checked)}
        />
        <span>Keys of one character: / ? j k e</span>
      </label>
    </Dialog>
  );
}
