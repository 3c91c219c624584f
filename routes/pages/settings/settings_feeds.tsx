/** The addresses for feed readers. */
import type { Output } from "../../../lib/protocol/commands.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { Alert } from "../alert.tsx";
import { Ask } from "../ask.tsx";
import { Section } from "../section.tsx";

interface FeedsProps {
  /** There are addresses, which new ones end. */
  isAgain: boolean;
  made: Output<"feedTokens.rotate"> | undefined;
  problem: Problem | undefined;
}

export function Feeds({ isAgain, made, problem }: FeedsProps) {
  return (
    <Section id="feeds" title="Feed addresses">
      <p>For feed readers. Public activity only. New addresses disable the old ones.</p>
      <Alert problem={problem} id="a-feeds" autofocus />
      {made && (
        <>
          <p>Anyone with an address can read the feed. You won't see the addresses again.</p>
          <Address id="made-json" label="JSON Feed" value={made.json} isFirst />
          <Address id="made-atom" label="Atom" value={made.atom} />
        </>
      )}
      {isAgain
        ? (
          <Ask
            id="new-feeds"
            action="/settings/feeds"
            fields={{}}
            label="Create new addresses"
            title="Create new addresses?"
            yes="Create addresses"
            isBad
          >
            <p class="mid">The addresses you have stop working right away.</p>
          </Ask>
        )
        : (
          <form method="post" action="/settings/feeds">
            <button class="btn go" type="submit">Create addresses</button>
          </form>
        )}
    </Section>
  );
}

function Address({ id, label, value, isFirst }: { id: string; label: string; value: string; isFirst?: boolean }) {
  return (
    <Island name="copy" class="field made">
      <label for={id}>{label}</label>
      <div class="row">
        <input class="input grow" id={id} readOnly value={value} autocomplete="off" autofocus={isFirst} />
        <button class="btn" type="button" hidden>
          Copy<span class="vh">{label} address</span>
        </button>
      </div>
    </Island>
  );
}
