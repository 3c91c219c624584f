import type { Signal } from "@preact/signals";
import type { User } from "../../../lib/protocol/users.ts";
import { isComposing } from "../composing.ts";

/** The field for what the list below is searched for. */
export function SearchField(
  { word, label, class: more = "", onEnter }: {
    word: Signal<string>;
    label: string;
    class?: string;
    /** Takes the best match; where nothing is looked for Enter is the form's. */
    onEnter?(): void;
  },
) {
  return (
    <input
      class={`input${more}`}
      type="search"
      autofocus
      aria-label={label}
      placeholder={label}
      value={word.value}
      onInput={(event) => word.value = event.currentTarget.value}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || isComposing(event) || !onEnter || word.peek().trim() === "") return;
        event.preventDefault();
        onEnter();
      }}
    />
  );
}

/** "Noor Haddad @noor" */
export function PersonName({ person: { name, handle }, note = "" }: { person: User; note?: string }) {
  return (
    <span class="grow cut">
      {name} <span class="dim">@{handle}{note}</span>
    </span>
  );
}
