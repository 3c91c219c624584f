/** One message. It renders again only if something of it changed, because a room shows up to 200. */
import { Component, type FunctionComponent } from "preact";
import { useContext } from "preact/hooks";
import type { Message } from "../../protocol/messages.ts";
import type { User } from "../../protocol/users.ts";
import { Avatar } from "../shell/avatar.tsx";
import { InnerStop } from "./inner_stop.ts";
import { BodyView } from "./body_view.tsx";
import { clockTime, fullTime, isoTime } from "../shell/format.ts";
import { personName } from "../shell/names.ts";
import { Reactions, type ReactionsProps } from "./reactions.tsx";

/** Characters of a message's text that a screen reader reads out when its row is reached. */
const LABEL_MAX = 200;

/** The actions on a message; fetched after the page, so that the page is small. */
export interface MessageParts extends Pick<ReactionsProps, "who"> {
  /** Rendered only while the pointer or the focus is on the message, so that 200 rows stay light. */
  Tools: FunctionComponent<{ message: Message }>;
  /** Takes the place of the text. */
  Editor: FunctionComponent<{ message: Message }>;
  Picker: FunctionComponent<{ message: Message }>;
  /** The failed changes of the message. */
  Note: FunctionComponent<{ message: Message }>;
}

export interface MessageItemProps extends Pick<ReactionsProps, "onReact"> {
  /** The message as shown, with my pending changes. */
  message: Message;
  author: User | undefined;
  /** My id. */
  me: string;
  zone: string;
  /** Whether it follows a message of the same author within 5 minutes. */
  isMore: boolean;
  /** Whether it is the one row of the list that Tab reaches. */
  isStop: boolean;
  /** Marks the message that a permalink names. */
  isOn?: boolean;
  parts?: MessageParts;
  isEditing?: boolean;
  isPicking?: boolean;
  /** The state of my change. */
  change?: "pending" | "failed";
}

interface State {
  /** Whether the pointer or the focus is on it. */
  isNear: boolean;
}

/** The one message that shows its tools: the last one that was pointed at or reached by the focus. */
let nearest: MessageItem | undefined;
let isYielding = false;

const isByFinger = () => matchMedia("(pointer: coarse)").matches;
const MOVES = /^(Arrow|Tab|Home|End)/;
/** The tools that leave nothing to be seen in their sheet. */
const DONE_WITH = ".tools > button:not([data-says])";

export class MessageItem extends Component<MessageItemProps, State> {
  override state: State = { isNear: false };

  override shouldComponentUpdate(next: MessageItemProps, { isNear }: State): boolean {
    const was = this.props;
    return isNear !== this.state.isNear || (isNear && was.parts !== next.parts) || !was.onReact !== !next.onReact ||
      compared.some((name) => was[name] !== next[name]);
  }

  pointed = (event: PointerEvent) => {
    // A finger would press the tools that appear under it, so on touch they appear once it is lifted.
    if (event.pointerType !== "touch") this.near();
  };
  /** By finger the tools are a sheet, which a focus that is given back must not bring up. */
  focused = () => {
    if (!isByFinger()) this.near();
  };
  reached = ({ target, currentTarget, key }: KeyboardEvent) => {
    if (target === currentTarget && MOVES.test(key)) this.near();
  };
  tapped = ({ target }: Event) => {
    if (!isByFinger() || !(target instanceof Element)) return;
    if (target.closest(DONE_WITH)) this.setState({ isNear: false });
    else if (!target.closest("a, button, form, [popover], .tools")) this.near();
  };
  near = () => {
    if (isYielding || (nearest === this && this.state.isNear)) return;
    if (nearest !== this) nearest?.giveWay();
    nearest = this;
    this.setState({ isNear: true });
  };
  /** Another message is nearer now. The focus stays in the row: its tools are about to go. */
  giveWay() {
    isYielding = true;
    const tools = document.activeElement?.closest(".tools");
    tools?.closest<HTMLElement>("[data-row]")?.focus({ preventScroll: true });
    isYielding = false;
    this.setState({ isNear: false });
  }
  override componentWillUnmount() {
    if (nearest === this) nearest = undefined;
  }
  away = (event: Event) => {
    const row = event.currentTarget;
    if (row instanceof Element && event.type === "pointerleave" && row.contains(document.activeElement)) return;
    if (
      row instanceof Element && event instanceof FocusEvent && event.relatedTarget instanceof Node &&
      row.contains(event.relatedTarget)
    ) return;
    this.setState({ isNear: false });
  };

  override render() {
    const { message, author, me, zone, isMore, isStop, isOn, parts, isEditing, isPicking, change } = this.props;
    const { isNear } = this.state;
    const { room, seq, at, text, editedAt } = message;
    const isDeleted = message.deletedAt !== undefined;
    const isForMe = message.mentions.includes(me);
    const time = clockTime(at, zone);
    const name = personName(author);
    const classes = [
      "msg",
      isMore && "more",
      isForMe && "for-me",
      isOn && "is-on",
      isNear && "near",
      change === "pending" && "sending",
    ].filter(Boolean).join(" ");
    const words = isDeleted ? "deleted" : text.slice(0, LABEL_MAX);
    const when = <When href={`/rooms/${room}/${seq}`} at={at} zone={zone} />;
    return (
      <div
        class={classes}
        role="listitem"
        data-row={seq}
        tabIndex={isStop ? 0 : -1}
        aria-label={`${name}, ${time}${isForMe ? ", mentions you" : ""}${editedAt ? ", edited" : ""}: ${words}`}
        onPointerMove={this.pointed}
        onPointerLeave={this.away}
        onClick={this.tapped}
        onKeyUp={this.reached}
        onFocusIn={this.focused}
        onFocusOut={this.away}
      >
        {isMore ? when : (
          <>
            <Avatar user={author} />
            <p class="who">
              <b>{name}</b>
              {author?.role === "bot" && <span class="tag">bot</span>}
              {when}
            </p>
          </>
        )}
        {isDeleted
          ? <p class="text dim">This message was deleted.</p>
          : isEditing && parts
          ? <parts.Editor message={message} />
          : (
            <BodyView
              body={message.body}
              me={me}
              end={editedAt && <small title={`Edited ${fullTime(editedAt, zone)}`}>edited</small>}
            />
          )}
        <Reactions
          message={message}
          me={me}
          who={isNear ? parts?.who : undefined}
          onReact={this.props.onReact}
        />
        {change === "failed" && parts && <parts.Note message={message} />}
        {(isNear || isPicking) && !isEditing && parts && <parts.Tools message={message} />}
        {isPicking && parts && <parts.Picker message={message} />}
      </div>
    );
  }
}

function When({ href, at, zone }: { href: string; at: number; zone: string }) {
  return (
    <a class="when" href={href} tabIndex={useContext(InnerStop)} title={fullTime(at, zone)}>
      <time dateTime={isoTime(at)}>{clockTime(at, zone)}</time>
    </a>
  );
}

/** The properties that it shows; the others never change. */
const compared = [
  "message",
  "author",
  "me",
  "zone",
  "isMore",
  "isStop",
  "isOn",
  "isEditing",
  "isPicking",
  "change",
] as const;
