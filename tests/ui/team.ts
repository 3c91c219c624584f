/** The people and the hour that tests of components are about. */
import type { VNode } from "preact";
import { renderToString } from "preact-render-to-string";
import type { User } from "../../lib/protocol/users.ts";

export const noor: User = { id: "u1", handle: "noor", name: "Noor Haddad", role: "owner" };
export const ilya: User = { id: "u2", handle: "ilya", name: "Ilya Brandt", role: "member" };
export const tomas: User = { id: "u3", handle: "tomas", name: "Tomás Vega", role: "member" };
export const users = new Map([noor, ilya, tomas].map((user) => [user.id, user]));
export const HOUR_MS = 3_600_000;
export const AT = Date.UTC(2026, 4, 14, 9, 44);

export const html = (node: VNode) => renderToString(node);
