/** Personal access tokens: for bots and tools, which have no cookie. */
import type { TokenLine } from "../../../lib/protocol/auth.ts";
import type { Output } from "../../../lib/protocol/commands.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import { NAME_MAX } from "../../../lib/protocol/fields.ts";
import { fullTime, isoTime } from "../../../lib/ui/shell/format.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { Alert } from "../alert.tsx";
import { Section } from "../section.tsx";
import { Ask } from "../ask.tsx";

/** How long a token works, in days; "" is for ever. */
const spans = [["30", "In 30 days"], ["90", "In 90 days"], ["365", "In a year"], ["", "Never"]] as const;
const SPAN = "90";

interface TokensProps {
  tokens: readonly TokenLine[];
  zone: string;
  made: Output<"tokens.create"> | undefined;
  problem: Problem | undefined;
  fields: Record<string, string> | undefined;
}

export function Tokens({ tokens, zone, made, problem, fields = {} }: TokensProps) {
  const typed = problem ? fields : {};
  return (
    <Section id="tokens" title="Access tokens">
      <p>For bots and tools. A token can do almost everything you can. Use one per tool.</p>
      <Alert problem={problem} id="a-tokens" autofocus />
      {made && (
        <Island name="copy" class="field made">
          <label for="made-token">New token. You won't see it again.</label>
          <div class="row">
            <input
              class="input grow"
              id="made-token"
              readOnly
              value={made.token}
              autocomplete="off"
              autofocus
            />
            <button class="btn go" type="button" hidden>Copy token</button>
          </div>
        </Island>
      )}
      <form class="two" method="post" action="/settings/tokens">
        <div class="field">
          <label for="f-token">Name</label>
          <input
            class="input"
            id="f-token"
            name="name"
            value={typed.name}
            maxLength={NAME_MAX}
            autocomplete="off"
            required
            aria-describedby={problem && "a-tokens"}
          />
        </div>
        <div class="field">
          <label for="f-span">Expires</label>
          <select class="input" id="f-span" name="days">
            {spans.map(([days, words]) => (
              <option key={days} value={days} selected={days === (typed.days ?? SPAN)}>{words}</option>
            ))}
          </select>
        </div>
        <div class="end">
          <button class="btn go" type="submit">Create token</button>
        </div>
      </form>
      <ul>
        {tokens.map((token) => <TokenItem key={token.id} token={token} zone={zone} />)}
      </ul>
    </Section>
  );
}

function TokenItem({ token: { id, name, at, lastUsedAt, expiresAt }, zone }: { token: TokenLine; zone: string }) {
  const Moment = ({ of }: { of: number }) => <time dateTime={isoTime(of)}>{fullTime(of, zone)}</time>;
  return (
    <li class="pref">
      <Icon name="key" />
      <span class="grow">
        <b>{name}</b>
        <small>
          Created <Moment of={at} />, {lastUsedAt === undefined ? "never used" : (
            <>
              last used <Moment of={lastUsedAt} />
            </>
          )}, {expiresAt === undefined ? "never expires" : (
            <>
              expires <Moment of={expiresAt} />
            </>
          )}
        </small>
      </span>
      <Ask
        id={`revoke-${id}`}
        action="/settings/token"
        fields={{ id }}
        label={
          <>
            Revoke<span class="vh">token {name}</span>
          </>
        }
        title={`Revoke ${name}?`}
        yes="Revoke"
        isBad
      >
        <p class="mid">Anything that uses this token stops working right away.</p>
      </Ask>
    </li>
  );
}
