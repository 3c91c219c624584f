/** The list of keys (islands/README.md, Keys), as the settings and the dialog show it. */
import { Fragment } from "preact";
import { keyLists } from "./key_lists.ts";

export interface KeyListProps {
  /** How keys are drawn on this keyboard, by name; the others are drawn by their names. */
  drawn?: ReadonlyMap<string, string>;
}

export function KeyList({ drawn }: KeyListProps) {
  return keyLists.map(({ title, keys }) => (
    <section key={title}>
      <h3>{title}</h3>
      <dl class="facts keys">
        {keys.map((it) => (
          <Fragment key={it.does}>
            <dt>{it.does}</dt>
            <dd>
              {it.keys.map((together) => (
                <span key={together.join()}>
                  {together.map((key) => <kbd key={key}>{drawn?.get(key) ?? key}</kbd>)}
                </span>
              ))}
            </dd>
          </Fragment>
        ))}
      </dl>
    </section>
  ));
}
