/** The only places where text comes into an Ink screen. @module */
import { Text, Transform } from "ink";
import { forTerminal } from "../text.ts";

/** A line of text that no terminal obeys, its colours aside. */
export function SafeText({ children }: { children: string }) {
  return <Text>{forTerminal(children, true)}</Text>;
}

/**
 * Lines, each put into its place by a `Transform`: Ink reads what stands in a `Text` several times for each frame, escape sequences
 * included, and what a `Transform` puts in its place once. That saves a third of what a frame costs.
 */
export function SafeLines({ lines }: { lines: readonly string[] }) {
  return (
    <Transform transform={(_place, index) => forTerminal(lines[index], true)}>
      <Text>{PLACE.repeat(lines.length).trimEnd()}</Text>
    </Transform>
  );
}

/** Where a line will stand. */
const PLACE = ".\n";
