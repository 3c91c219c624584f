/** Events as followers get them: as JSON, whole or compact, which is made once for all who stand at one place. */
import { compactMessage, USUAL_TYPE } from "../../../protocol/compact.ts";
import { isWire, type WireEvent } from "../../log/log.ts";

/** A position between events: the seq and the tag of the event before it. */
export interface Position {
  seq: number;
  tag: string;
}

/** An `events` frame as JSON. */
export interface EncodedEvents {
  readonly t: "events";
  readonly text: string;
}

export interface EncodedEvent {
  seq: number;
  /** Without its data, which stands in `json`. */
  event: Omit<WireEvent, "data">;
  json: string;
  /** Of `json`. */
  bytes: number;
  /** For a compact follower; the same as `json` where nothing can be left out. */
  compact: string;
  /** Of the message that it is about: only its author gets its key. */
  author?: string;
  key?: string;
}

const utf8 = new TextEncoder();
const MESSAGE_END = "}}}"; // of a message in its data in its event

export function encodeEvent(stream: string, event: WireEvent): EncodedEvent {
  const { seq, type, at, by, data, ...rest } = event;
  const json = JSON.stringify({ seq, type, at, by, data });
  const encoded = { seq, event: { seq, type, at, by, ...rest }, json, bytes: utf8.encode(json).length, compact: json };
  if (!isWire(event, "messages.sent", "messages.edited", "messages.deleted", "messages.reacted")) return encoded;
  const { message } = event.data;
  const known = { stream, seq, at, by };
  const usual = type === USUAL_TYPE ? {} : { type };
  const compact = JSON.stringify({ seq, ...usual, at, by, data: { message: compactMessage(message, known) } });
  return { ...encoded, compact, author: message.by, key: message.key };
}

/** A compact event with the key of its message. */
function withKey({ compact, key }: EncodedEvent): string {
  if (key === undefined) return compact;
  return `${compact.slice(0, -MESSAGE_END.length)},"key":${JSON.stringify(key)}${MESSAGE_END}`;
}

/** The frame between two positions. Each form of it is made when it is first asked for. */
export class EventsFrame implements EncodedEvents {
  readonly t = "events";
  private whole: string | undefined;
  private readonly compacts: { forAuthors?: EncodedEvents; forOthers?: EncodedEvents } = {};

  constructor(
    private readonly stream: string,
    /** Where it begins and ends, as the wire says it. */
    private readonly offsets: [from: string, to: string],
    readonly to: Position,
    private readonly events: readonly EncodedEvent[],
  ) {}

  get text(): string {
    return this.whole ??= this.encode(`"from":"${this.offsets[0]}",`, this.events.map(({ json }) => json));
  }

  /** Characters that it keeps at most, in all three forms. */
  get weight(): number {
    return this.events.reduce((sum, { json, compact }) => sum + json.length + 2 * compact.length, 0);
  }

  /** The same for a compact follower, who knows where it stands; authors get the keys of their messages. */
  compactFor(user: string): EncodedEvents {
    const { compacts, events } = this;
    if (events.some(({ author }) => author === user)) return compacts.forAuthors ??= this.compact(events.map(withKey));
    return compacts.forOthers ??= this.compact(events.map(({ compact }) => compact));
  }

  private compact(events: string[]): EncodedEvents {
    return { t: "events", text: this.encode("", events) };
  }

  private encode(from: string, events: string[]): string {
    return `{"t":"events","stream":"${this.stream}",${from}"to":"${this.offsets[1]}","events":[${events.join(",")}]}`;
  }
}
