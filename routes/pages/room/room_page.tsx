/** The room's page as the server renders it: the screen that its island hydrates. */
import { problemWords } from "../../../lib/model/problem_words.ts";
import type { Problem } from "../../../lib/protocol/errors.ts";
import { Banner } from "../../../lib/ui/shell/banner.tsx";
import { Island } from "../../../lib/ui/shell/island.tsx";
import { standingIn } from "../../../lib/ui/shell/names.ts";
import { Composer } from "../../../lib/ui/room/composer.tsx";
import { RoomScreen } from "../../../lib/ui/room/room_screen.tsx";
import type { RoomState } from "../../../lib/ui/room/room_state.ts";

export interface RoomPageProps {
  state: RoomState;
  /** For the form: names the next message. */
  formKey: string;
  /** Why what was sent was not taken; the text is `unsent` of the state. */
  problem?: Problem | undefined;
}

export function RoomPage({ state, formKey, problem }: RoomPageProps) {
  const { summary } = state;
  if (!summary) return null;
  const reason = problem && problemWords(problem);
  return (
    <Island name="room" class="app">
      <RoomScreen
        state={state}
        banner={reason && standingIn(summary) !== "member" && <Banner tone="bad" icon="alert" title={reason} />}
        writer={
          <Composer
            room={summary.room.id}
            title={state.title}
            text={state.unsent}
            formKey={formKey}
            autofocus={state.landing === undefined}
            problem={reason}
          />
        }
      />
    </Island>
  );
}
