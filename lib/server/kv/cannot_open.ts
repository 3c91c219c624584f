/** Storage that cannot be opened. `setting` is the one to look at; the message says why, without secrets. */
export class CannotOpen extends Error {
  override name = "CannotOpen";

  constructor(readonly setting: string, why: string, options?: ErrorOptions) {
    super(why, options);
  }
}
