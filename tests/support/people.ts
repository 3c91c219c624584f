/** The people of a workspace that a test makes: who sets it up, and those who come by invites. */
import { type Api, createApi, OWNER } from "./api.ts";

export interface Person {
  id: string;
  handle: string;
  api: Api;
}

/** Who is there, and how more come. */
export interface Joined {
  readonly owner: Person;
  /** A new member, by an invite of the owner's; called by the handle where no `name` is given. */
  join(handle: string, name?: string): Promise<Person>;
}

/** Makes the workspace of the server at `url` (an origin), with its set-up code. */
export async function setUpWorkspace(url: string, token = ""): Promise<Joined> {
  const api = createApi(url);
  const { user } = await api.setUp(token);
  return {
    owner: { id: user.id, handle: user.handle, api },
    async join(handle, name = handle) {
      const { invite } = await api.call("invites.create", { uses: 1 });
      const theirs = createApi(url);
      const { user } = await theirs.call("auth.signUp", { invite, name, handle, password: OWNER.password });
      return { id: user.id, handle, api: theirs };
    },
  };
}
