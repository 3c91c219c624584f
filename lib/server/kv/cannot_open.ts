/** Storage that cannot be opened. `setting` names the setting at fault; the message says why, without secrets. */
export class CannotOpen extends Error {
  override name = "CannotOpen";

  constructor(readonly setting: string, why: string, options?: ErrorOptions) {
    super(why, options);
  }
}
