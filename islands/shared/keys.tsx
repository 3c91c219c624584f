/** The list of keys, and the switch for those that are one character. */
import { KeyList } from "../../lib/ui/shell/key_list.tsx";
import { Dialog } from "./dialog.tsx";
import { isMac } from "./platform.ts";

const ofMac = new Map([["Ctrl", "⌘"], ["Alt", "⌥"]]);
const drawn = isMac() ? ofMac : undefined;

export interface KeysProps {
  /** Keys of one character work. */
  hasSingleKeys: boolean;
  onSingleKeys(are: boolean): void;
  onClose(): void;
}

export function Keys({ hasSingleKeys, onSingleKeys, onClose }: KeysProps) {
  return (
    <Dialog id="keys" title="Keyboard shortcuts" onClose={onClose}>
      <KeyList drawn={drawn} />
      <label class="check">
        <input
          type="checkbox"
          checked={hasSingleKeys}
          onChange={(event) => onSingleKeys(event.currentTarget.checked)}
        />
        <span>Single-key shortcuts: / ? j k e r +</span>
      </label>
    </Dialog>
  );
}
