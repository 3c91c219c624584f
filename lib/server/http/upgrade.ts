/** The seam over the servers' WebSockets: what the product sees of one, whichever server it runs on. */

export interface SocketEvents {
  /** Before anything else. */
  opened(): void;
  /** A text message of at most 65,536 bytes. */
  text(text: string): void;
  binary(): void;
  /** A message over 65,536 bytes. */
  tooBig(): void;
  /** Once. */
  closed(): void;
}

export interface Socket {
  /** Never throws; what a closed socket is given is dropped. */
  send(text: string): void;
  /** Bytes that the client has not taken yet. */
  buffered(): number;
  close(code: number, reason?: string): void;
}

/** An upgrade that was made: the response with the 101, the socket, and how to hear it. */
export interface Upgraded {
  response: Response;
  socket: Socket;
  hear(events: SocketEvents): void;
}
