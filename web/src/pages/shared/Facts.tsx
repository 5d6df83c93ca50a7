import type { ReactNode } from "react";
import classes from "./Facts.module.css";

export interface FactOf {
  name: string;
  value: ReactNode;
}

/** Pairs of a name and a value; those without a value are left out. */
export function Facts({ facts }: { facts: (FactOf | null)[] }) {
  return (
    <dl className={classes.list}>
      {facts
        .filter((fact) => fact !== null)
        .map((fact) => (
          <div key={fact.name} className={classes.fact}>
            <dt>{fact.name}</dt>
            <dd>{fact.value}</dd>
          </div>
        ))}
    </dl>
  );
}

/** A fact, unless there is nothing to say. */
export function fact(name: string, value: ReactNode): FactOf | null {
  return value === null || value === undefined || value === "" ? null : { name, value };
}
