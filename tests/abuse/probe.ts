/** What an attack on the server is, for `deno task abuse`: who is there, what they prepare, and what they then do. */

/** Somebody signed in. */
export interface Signed {
  id: string;
  handle: string;
  /** `name=value` of their session's cookie. */
  cookie: string;
}

/** Where the attack goes. Plain JSON: it is handed to the attack's own process. */
export interface Target {
  /** http://127.0.0.1:<port> */
  url: string;
  port: number;
  /** An ordinary member, who attacks. */
  attacker: Signed;
  /** The attacker and those who send are members of this room. */
  room: string;
  /** What `prepare` made. */
  made: string[];
}

export interface Probe {
  /** Names it in the table and on the command line. */
  name: string;
  /** What is done, for the table. */
  does: string;
  /** The most that the server may hold while it is attacked, in MB; 450 by default. */
  residentMaxMb?: number;
  /**
   * Makes the data of the attack, on a server without rates that is started again before it is measured. Gives names for
   * `Target.made`.
   */
  prepare?(target: Target): Promise<string[]>;
  /**
   * Attacks until it is told to stop. Runs in a process of its own, which is killed soon after: it needs to tidy
   * nothing. `say` prints a line for whoever watches (how many were refused, say).
   */
  attack(target: Target, signal: AbortSignal, say: (line: string) => void): Promise<void>;
}
