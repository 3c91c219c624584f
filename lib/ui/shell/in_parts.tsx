/** A long list. The server renders it in parts with turns for others in between; in a browser it is just its rows. */
import { Component, type ComponentChildren, createContext } from "preact";

const PART = 8; // rows that are rendered at once

/** Undefined if rendering may go on, otherwise a promise that resolves once others have had a turn. */
export type NextTurn = () => Promise<void> | undefined;

/** Provided by the server alone. */
export const Turns = createContext<NextTurn | undefined>(undefined);

export interface InPartsProps<T> {
  of: readonly T[];
  /** Renders an item, given its place. */
  children: (item: T, at: number) => ComponentChildren;
}

export function InParts<T>({ of, children: row }: InPartsProps<T>) {
  return (
    <Turns.Consumer>
      {(next) => {
        if (!next) return of.map((item, at) => row(item, at));
        const parts = [];
        for (let at = 0; at < of.length; at += PART) {
          const from = at;
          parts.push(
            <Part next={next} make={() => of.slice(from, from + PART).map((item, i) => row(item, from + i))} />,
          );
        }
        return parts;
      }}
    </Turns.Consumer>
  );
}

interface PartProps {
  next: NextTurn;
  make: () => ComponentChildren;
}

/** The renderer waits for the promise that the gate throws, and then goes on with the part. */
function Part({ next, make }: PartProps) {
  return (
    <>
      <Gate next={next} />
      <Made make={make} />
    </>
  );
}

/** A class, because a function component that throws a promise leaves a mark in the page. */
class Gate extends Component<Pick<PartProps, "next">> {
  override render() {
    const turn = this.props.next();
    if (turn) throw turn;
    return null;
  }
}

function Made({ make }: Pick<PartProps, "make">) {
  return <>{make()}</>;
}
