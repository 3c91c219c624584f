/**
 * Keeps texts that are written and not sent, by person and room, on this device. All tabs of the browser share them: a
 * tab takes over what another one writes, so that a tab that was open before cannot overwrite it.
 */

export interface Drafts {
  get(name: string): string;
  /** An empty text removes it. Never throws: what the storage does not take is kept as long as the page. */
  set(name: string, text: string): void;
  /** Calls `changed` when another tab changes a draft, until the returned function is called. */
  watch(name: string, changed: (text: string) => void): () => void;
}

/** The browser's event, of which only this is read. */
export interface StorageChange {
  /** Null when all was cleared. */
  key: string | null;
}

export interface DraftsDeps {
  me: string;
  /** Undefined where the browser forbids it. Its quota bounds what is kept. */
  storage: Pick<Storage, "getItem" | "setItem" | "removeItem"> | undefined;
  /** Calls `run` when another tab changes the storage, until the returned function is called. */
  onChange?(run: (change: StorageChange) => void): () => void;
}

export function createDrafts({ me, storage, onChange = () => () => {} }: DraftsDeps): Drafts {
  const keyOf = (name: string) => `rivulet:draft:${me}:${name}`;
  /** Texts that the storage did not take. */
  const unstored = new Map<string, string>();

  function get(name: string): string {
    try {
      return unstored.get(name) ?? storage?.getItem(keyOf(name)) ?? "";
    } catch {
      return "";
    }
  }

  return {
    get,
    set(name, text) {
      unstored.delete(name);
      try {
        if (text === "") storage?.removeItem(keyOf(name));
        else if (storage) storage.setItem(keyOf(name), text);
        else unstored.set(name, text);
      } catch {
        unstored.set(name, text); // A quota or privacy settings forbid it.
      }
    },
    watch: (name, changed) =>
      onChange(({ key }) => {
        if (key !== keyOf(name)) return;
        unstored.delete(name);
        changed(get(name));
      }),
  };
}

/**
 * The text of a field that comes to life: its draft, and what was typed before. Neither is lost, and what the browser
 * itself put back is not there twice.
 */
export function withDraft(typed: string, draft: string): string {
  if (typed === "" || draft.includes(typed)) return draft;
  return draft === "" || typed.includes(draft) ? typed : `${draft}\n${typed}`;
}
