/** Handles for those who type none: made of the name, in whatever script it is written, and free. */
import { HANDLE_MAX } from "../../../lib/protocol/fields.ts";
import { Refusal } from "../../../lib/protocol/errors.ts";

/** The handle for a name without a letter that can be written in a-z. */
const NAMELESS = "member";
/** How many handles are tried: "ilya", "ilya2", and so on. */
const TRIES_MAX = 20;

/** Letters of Cyrillic (as in passports, ICAO 9303) and Greek (ISO 843); one that is not heard is "". */
const romanised = new Map<string, string>(
  "а a,б b,в v,г g,ґ g,д d,е e,ё e,є ie,ж zh,з z,и i,і i,ї i,й i,ј j,к k,л l,љ lj,м m,н n,њ nj,о o,п p,р r,с s,т t,ћ c,ђ dj,у u,ў u,ф f,х kh,ц ts,ч ch,џ dz,ш sh,щ shch,ъ ie,ы y,ь ,э e,ю iu,я ia,α a,β v,γ g,δ d,ε e,ζ z,η i,θ th,ι i,κ k,λ l,μ m,ν n,ξ x,ο o,π p,ρ r,σ s,ς s,τ t,υ y,φ f,χ ch,ψ ps,ω o,ß ss,æ ae,œ oe,ø o,đ d,ð d,þ th,ł l,ı i"
    .split(",").map((pair): [string, string] => {
      const [from = "", to = ""] = pair.split(" ");
      return [from, to];
    }),
);

/** A handle made of a name: "Tomás Vega" gives "tomas", "Илья Брандт" gives "ilia", "李伟" gives "member". */
export function suggestHandle(name: string): string {
  const [first = ""] = name.trim().split(/\s+/);
  const letters = [...first.normalize("NFC").toLowerCase()].map((it) => romanised.get(it) ?? it).join("").normalize(
    "NFKD",
  );
  const plain = [...letters].map((it) => romanised.get(it) ?? it).join("").replace(/[^a-z0-9._-]/g, "");
  return plain.replace(/^[._-]+/, "").slice(0, HANDLE_MAX).replace(/[._-]+$/, "") || NAMELESS;
}

/**
 * Runs `act` with the form's fields and the handle that was typed; else with one made of the name, then with the next,
 * while each is taken: a form that came back for that would ask for the password again.
 */
export async function withHandle<T>(
  fields: Record<string, string>,
  act: (fields: Record<string, string>) => Promise<T>,
): Promise<T> {
  const handle = typedHandle(fields);
  if (handle !== "") return await act({ ...fields, handle });
  const made = suggestHandle(fields.name ?? "");
  for (let at = 1;; at++) {
    const end = at === 1 ? "" : `${at}`;
    try {
      return await act({ ...fields, handle: made.slice(0, HANDLE_MAX - end.length) + end });
    } catch (error) {
      const isTaken = error instanceof Refusal && error.code === "conflict" &&
        error.extra.issues?.[0]?.path === "handle";
      if (at >= TRIES_MAX || !isTaken) throw error;
    }
  }
}

/** The handle as it was typed, without its sign. */
export function typedHandle({ handle = "" }: Record<string, string>): string {
  return handle.trim().replace(/^@/, "");
}
