/** The seam over the WebSockets of both servers. */

export interface SocketEvents {
  /** Called first. */
  opened(): void;
  /** A text message of at most 65,536 bytes. */
  text(text: string): void;
  binary(): void;
  /** A message over 65,536 bytes. */
  tooBig(): void;
  /** Called once. */
  closed(): void;
}

export interface Socket {
  /** Never throws; a closed socket drops the text. */
  send(text: string): void;
  /** Has all that is sent in the rest of this turn of the event loop leave in one write; not every server can. */
  together?(): void;
  /** Bytes that the client has not taken yet. */
  buffered(): number;
  close(code: number, reason?: string): void;
}

/** An upgrade that was made: the response with the 101, the socket, and `hear` to listen to it. */
export interface Upgraded {
  response: Response;
  socket: Socket;
  hear(events: SocketEvents): void;
}
