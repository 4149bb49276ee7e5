/**
 * Code that a pipeline brings itself: its own stages and sources. They carry a mark, by which their code becomes part of the key of what
 * they make.
 *
 * @module
 */

/** The mark of a source's spec whose code is not part of this program. Plain data loses it, so it never reaches a file. */
export const OWN_CODE: unique symbol = Symbol("own code");

/** What is known of such code. */
export interface OwnCode {
  /** The name of the stage or source. */
  readonly name: string;
  /** Its version, as its author counts it. */
  readonly version: number;
  /** The address of the module that it is in. @default {the pipeline file, with all that it imports} */
  readonly module?: string;
}

/** All marks in options. */
export function ownCodeIn(options: unknown): OwnCode[] {
  if (typeof options !== "object" || options === null) return [];
  const mark = (options as { readonly [OWN_CODE]?: OwnCode })[OWN_CODE];
  return [...(mark === undefined ? [] : [mark]), ...Object.values(options).flatMap(ownCodeIn)];
}
