import { Anchor } from "@mantine/core";
import { type Schema, typeOf } from "./openapi";

/** A type, with links to the schemas that it names. */
export function TypeText({ schema }: { schema: Schema | undefined }) {
  return (
    <code style={{ overflowWrap: "anywhere" }}>
      {typeOf(schema).map((piece, i) =>
        typeof piece === "string" ? (
          piece
        ) : (
          // biome-ignore lint/suspicious/noArrayIndexKey: the pieces of a type never move.
          <Anchor key={i} href={`#schema-${piece.ref}`} inherit underline="always">
            {piece.ref}
          </Anchor>
        ),
      )}
    </code>
  );
}
