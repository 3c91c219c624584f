/** The list of keys, and the switch for those that are one character. */
import { keyLists } from "../lib/ui/key_lists.ts";
import { Dialog } from "./dialog.tsx";

/** As they are drawn on a Mac's keyboard. */
const ofMac = new Map([["Ctrl", "⌘"], ["Alt", "⌥"]]);
const isMac = /Mac|iP/.test(navigator.platform);

export interface KeysProps {
  /** Keys of one character work. */
  hasLetters: boolean;
  onLetters(are: boolean): void;
  onClose(): void;
}

export function Keys({ hasLetters, onLetters, onClose }: KeysProps) {
  return (
    <Dialog id="keys" title="Keyboard" onClose={onClose}>
      {keyLists.map(({ title, keys }) => (
        <section key={title}>
          <h3>{title}</h3>
          <dl class="facts keys">
            {keys.map((it) => (
              <>
                <dt>{it.does}</dt>
                <dd>
                  {it.keys.map((together) => (
                    <span key={together.join()}>
                      {together.map((key) => <kbd key={key}>{isMac ? ofMac.get(key) ?? key : key}</kbd>)}
                    </span>
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
