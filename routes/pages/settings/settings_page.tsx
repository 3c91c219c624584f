import type { Output } from "../../../lib/protocol/commands.ts";
import type { SessionLine, TokenLine } from "../../../lib/protocol/auth.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import type { User } from "../../../lib/protocol/users.ts";
import { Icon } from "../../../lib/ui/shell/icon.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { sections, type SettingsSection } from "../../../lib/ui/shell/settings_side.tsx";
import type { ShellData } from "../../../lib/ui/shell/shell_data.ts";
import { ShellSide, sideOf } from "../../../lib/ui/shell/shell_side.tsx";
import { SidebarOpener } from "../../../lib/ui/shell/sidebar_buttons.tsx";
import type { Wanted } from "../more.tsx";
import type { Theme } from "./preferences.ts";
import type { ShownOnce } from "./shown_once.ts";
import { Appearance, Password, Profile, Sessions, Shortcuts } from "./settings_account.tsx";
import { Feeds } from "./settings_feeds.tsx";
import { Tokens } from "./settings_tokens.tsx";
import { Invites, People } from "./settings_workspace.tsx";

export interface SettingsPageProps {
  me: User;
  shell: ShellData;
  sessions: readonly SessionLine[];
  /** All of them: nobody may have more than a page. */
  tokens: readonly TokenLine[];
  /** Whether there are addresses for feed readers, which new ones would end. */
  hasFeeds: boolean;
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
  const { me, shell, sessions: lines, tokens, hasFeeds, people, invites, lists, theme, zone, saved, outcome, shown } =
    props;
  const problemOf = (section: SettingsSection) => outcome?.section === section ? outcome.problem : undefined;
  const isSaved = saved !== undefined && Object.hasOwn(sections, saved) && !outcome;
  return (
    <div class="app">
      <a class="skip" href="#main">Skip to content</a>
      <Island name="shell" class="shell">
        <ShellSide {...sideOf(shell)} />
      </Island>
      <main class="main" id="main">
        <header class="bar">
          <SidebarOpener name="menu" />
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
            <Feeds
              isAgain={hasFeeds}
              made={shown?.section === "feeds" ? shown.feeds : undefined}
              problem={problemOf("feeds")}
            />
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
