import { HANDLE_MAX } from "../../../lib/protocol/fields.ts";

/** A handle made of a name: "Tomás Vega" gives "tomas". "" where nothing of it may stand in a handle. */
export function suggestHandle(name: string): string {
  const [first = ""] = name.trim().split(/\s+/);
  const letters = first.normalize("NFKD").toLowerCase().replace(/[^a-z0-9._-]/g, "");
  return letters.replace(/^[._-]+/, "").slice(0, HANDLE_MAX).replace(/[._-]+$/, "");
}

/** The form's fields with the handle that was typed, else one made of the name. */
export function withHandle(fields: Record<string, string>): Record<string, string> {
  const typed = (fields.handle ?? "").trim().replace(/^@/, "");
  return { ...fields, handle: typed === "" ? suggestHandle(fields.name ?? "") : typed };
}
