/** The messages of a room: a labelled list with one tab stop. Its island handles arrow keys. */
import type { RefObject } from "preact";
import type { User } from "../../protocol/users.ts";
import { Empty, quiet } from "../shell/empty.tsx";
import { counted, dayLabel, dayOf, dayTime, fullDay } from "../shell/format.ts";
import { InParts } from "../shell/in_parts.tsx";
import { InnerStop } from "./inner_stop.ts";
import { MessageItem, type MessageItemProps, type MessageParts } from "./message_item.tsx";
import type { FirstSteps, Users } from "../shell/names.ts";
import { PendingItem } from "./pending_item.tsx";
import type { Row } from "./rows.ts";
import { Wave } from "../shell/wave.tsx";

/** The actions on messages, and their state. */
export interface MessageListActions {
  parts: MessageParts;
  /** Seqs. */
  editing: number | undefined;
  picking: number | undefined;
  /** My pending and failed changes, by seq. */
  changes: ReadonlyMap<number, "pending" | "failed">;
}

export interface MessageLogProps extends Pick<MessageItemProps, "onReact"> {
  /** "#gauges" or the people's names. */
  title: string;
  /** The connection is away. */
  isAway?: boolean;
  /** A conversation with nobody else. */
  isNotes?: boolean;
  rows: readonly Row[];
  users: Users;
  me: User;
  zone: string;
  now: number;
  /** The `data-row` that Tab reaches; the last row by default. */
  active?: string;
  /** The seq that a permalink names. */
  landing?: number;
  /** Whether the room begins here, with nothing older. */
  isStart: boolean;
  /** Whether it ends here, with nothing newer. */
  isEnd: boolean;
  /** The room's address, for the links to older and newer messages that are there without script. */
  path: string;
  /** The offers of an empty room; `onBegin` does them. */
  begin?: FirstSteps;
  onBegin?(what: keyof FirstSteps): void;
  scroller?: RefObject<HTMLDivElement | null>;
  list?: RefObject<HTMLDivElement | null>;
  onKeyDown?(event: KeyboardEvent): void;
  onFocusIn?(event: FocusEvent): void;
  onRetry?(key: string): void;
  onDiscard?(key: string): void;
  actions?: MessageListActions;
}

const nothing = () => {};
export const MESSAGES_ID = "messages";

export function MessageLog(props: MessageLogProps) {
  const { title, rows, scroller, list, onKeyDown, onFocusIn } = props;
  const isDirect = !title.startsWith("#");
  const readers = props.isNotes ? "Only you" : "Only people in this conversation";
  const last = rows.at(-1)?.id;
  const stop = rows.some((row) => row.id === props.active) ? props.active : last;
  return (
    <div class={`scroll log${props.isStart && rows.length === 0 ? " is-empty" : ""}`} ref={scroller}>
      <div
        ref={list}
        id={MESSAGES_ID}
        role="list"
        tabIndex={-1}
        aria-label={`Messages in ${title}`}
        onKeyDown={onKeyDown}
        onFocusIn={onFocusIn}
      >
        {props.isStart && (
          <div key="start" class="start" role="listitem">
            {rows.length > 0
              ? <b>This is the start of {isDirect ? props.isNotes ? "your notes" : "your direct messages" : title}.</b>
              : (
                <Empty art={quiet} title={<h2>{isDirect ? "No messages yet" : `${title} is quiet`}</h2>}>
                  {isDirect ? <p>{readers} can see it.</p> : <Begin {...props} />}
                </Empty>
              )}
          </div>
        )}
        {!props.isStart && <Further key="older" to={rows.find(isMessage)} path={props.path} words="Older messages" />}
        <InnerStop.Provider value={props.actions && -1}>
          <InParts of={rows}>
            {(row) => <RowView key={row.id} row={row} isStop={row.id === stop} log={props} />}
          </InParts>
        </InnerStop.Provider>
        {!props.isEnd && <Further key="newer" to={rows.findLast(isMessage)} path={props.path} words="Newer messages" />}
      </div>
    </div>
  );
}

const isMessage = (row: Row) => row.kind === "message";

/** The way to what is not loaded, without script: the permalink of the message where that begins. */
function Further({ to, path, words }: { to: Row | undefined; path: string; words: string }) {
  return (
    <div class="further" role="listitem">
      <a class="btn" href={`${path}/${to?.id ?? ""}`}>{words}</a>
    </div>
  );
}

function Begin({ begin, onBegin }: MessageLogProps) {
  if (!begin?.people && !begin?.topic) return <p>No messages yet.</p>;
  return (
    <>
      <p>Say what this room is for, or bring in the people who should be here.</p>
      <div class="row scripted">
        {begin.people && <button class="btn go" type="button" onClick={() => onBegin?.("people")}>Add people</button>}
        {begin.topic && <button class="btn" type="button" onClick={() => onBegin?.("topic")}>Set a topic</button>}
      </div>
    </>
  );
}

function RowView({ row, isStop, log }: { row: Row; isStop: boolean; log: MessageLogProps }) {
  const { users, me, zone, now, landing, actions, onReact, onRetry, onDiscard } = log;
  switch (row.kind) {
    case "day":
      return (
        <div class="day" role="listitem">
          <h2>
            <time dateTime={dayOf(row.at, zone)} title={fullDay(row.at, zone)}>{dayLabel(row.at, zone, now)}</time>
          </h2>
        </div>
      );
    case "new":
      return (
        <div class={`new-line${landing === undefined ? " is-target" : ""}`} id="new" role="listitem">
          <Wave />
          <h2>New · {counted(row.count, "message")} since {dayTime(row.at, zone, now)}</h2>
        </div>
      );
    case "message":
      return (
        <MessageItem
          message={row.message}
          author={users.get(row.message.by)}
          me={me.id}
          zone={zone}
          isMore={row.isMore}
          isStop={isStop}
          isOn={row.message.seq === landing}
          onReact={onReact}
          parts={actions?.parts}
          isEditing={row.message.seq === actions?.editing}
          isPicking={row.message.seq === actions?.picking}
          change={actions?.changes.get(row.message.seq)}
        />
      );
    case "pending":
      return (
        <PendingItem
          pending={row.pending}
          me={me}
          isMore={row.isMore}
          isStop={isStop}
          isAway={log.isAway}
          onRetry={onRetry ?? nothing}
          onDiscard={onDiscard ?? nothing}
        />
      );
  }
}
