import type { Output } from "../../../lib/protocol/commands.ts";
import type { SessionLine, TokenLine } from "../../../lib/protocol/auth.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { Icon, type IconName } from "../../../lib/ui/shell/icon.tsx";
import { MeBar } from "../../../lib/ui/shell/me_bar.tsx";
import { SIDEBAR_ID } from "../../../lib/ui/shell/sidebar.tsx";
import type { Wanted } from "../more.tsx";
import type { Theme } from "./preferences.ts";
import type { ShownOnce } from "./shown_once.ts";
import { Appearance, Password, Profile, Sessions, Shortcuts } from "./settings_account.tsx";
import { Feeds } from "./settings_feeds.tsx";
import { Tokens } from "./settings_tokens.tsx";
import { Invites, People } from "./settings_workspace.tsx";

const sections = {
  profile: { title: "Profile", icon: "user" },
  password: { title: "Password", icon: "key" },
  sessions: { title: "Sessions and devices", icon: "screen" },
  tokens: { title: "Access tokens", icon: "key" },
  feeds: { title: "Feed addresses", icon: "link" },
  appearance: { title: "Appearance", icon: "sun" },
  shortcuts: { title: "Shortcuts", icon: "keys" },
  people: { title: "Members and roles", icon: "users" },
  invites: { title: "Invites", icon: "link" },
} as const satisfies Record<string, { title: string; icon: IconName }>;

export type SettingsSection = keyof typeof sections;

export interface SettingsPageProps {
  me: User;
  sessions: readonly SessionLine[];
  /** All of them: nobody may have more than a page. */
  tokens: readonly TokenLine[];
  /** For those who run the workspace. */
  people?: Output<"users.list"> | undefined;
  invites?: Output<"invites.list"> | undefined;
  /** Which pages of these lists are shown. */
  lists: Record<"people" | "invites", Wanted>;
  theme: Theme;
  zone: string;
  /** The section that was just saved. */
  saved: string | undefined;
  outcome?:
    | {
      section: SettingsSection;
      problem: Problem;
      fields?: Record<string, string>;
    }
    | undefined;
  /** What a form made, which is shown only now. */
  shown?: ShownOnce | undefined;
}

export function SettingsPage(props: SettingsPageProps) {
  const { me, sessions: lines, tokens, people, invites, lists, theme, zone, saved, outcome, shown } = props;
  const problemOf = (section: SettingsSection) => outcome?.section === section ? outcome.problem : undefined;
  const isSaved = saved !== undefined && Object.hasOwn(sections, saved) && !outcome;
  return (
    <div class="app">
      <a class="skip" href="#main">Skip to content</a>
      <nav class="side" id={SIDEBAR_ID} popover="auto" aria-label="Settings">
        <div class="side-head row">
          <a class="ws" href="/">
            <Icon name="back" />
            <span class="cut">Settings</span>
          </a>
          <button
            class="ib narrow"
            type="button"
            popovertarget={SIDEBAR_ID}
            popovertargetaction="hide"
            aria-label="Close menu"
          >
            <Icon name="x" />
          </button>
        </div>
        <div class="scroll">
          <SectionLinks
            id="you"
            title="You"
            names={["profile", "password", "sessions", "tokens", "feeds", "appearance", "shortcuts"]}
          />
          {people && <SectionLinks id="workspace" title="Workspace" names={["people", "invites"]} />}
        </div>
        <MeBar me={me} />
      </nav>
      <main class="main" id="main">
        <header class="bar">
          <button class="ib narrow" type="button" popovertarget={SIDEBAR_ID} aria-label="Open menu">
            <Icon name="menu" />
          </button>
          <h1 class="grow">Settings</h1>
          <p class="row dim saved" role="status">
            {isSaved && (
              <>
                <Icon name="check" small class="ok" />Saved
              </>
            )}
          </p>
        </header>
        <div class="scroll" tabIndex={0} role="region" aria-label="All settings">
          <div class="col">
            <Profile me={me} problem={problemOf("profile")} fields={outcome?.fields} />
            <Password me={me} problem={problemOf("password")} />
            <Sessions sessions={lines} zone={zone} problem={problemOf("sessions")} />
            <Tokens
              tokens={tokens}
              zone={zone}
              made={shown?.section === "tokens" ? shown.token : undefined}
              problem={problemOf("tokens")}
              fields={outcome?.fields}
            />
            <Feeds made={shown?.section === "feeds" ? shown.feeds : undefined} problem={problemOf("feeds")} />
            <Appearance theme={theme} />
            <Shortcuts />
            {people && <People me={me} people={people} wanted={lists.people} problem={problemOf("people")} />}
            {invites && (
              <Invites
                list={invites}
                wanted={lists.invites}
                zone={zone}
                made={shown?.section === "invites" ? shown.made : undefined}
                problem={problemOf("invites")}
              />
            )}
          </div>
        </div>
      </main>
    </div>
  );
}

function SectionLinks({ id, title, names }: { id: string; title: string; names: SettingsSection[] }) {
  return (
    <>
      <div class="nav-h">
        <h2 id={`h-${id}`}>{title}</h2>
      </div>
      <ul class="nav" aria-labelledby={`h-${id}`}>
        {names.map((name) => (
          <li key={name}>
            <a href={`#${name}`}>
              <Icon name={sections[name].icon} />
              <span class="cut">{sections[name].title}</span>
            </a>
          </li>
        ))}
      </ul>
    </>
  );
}
