/** The schema of a list of layers. @module */
import { z } from "zod";
import { dense, type DenseLayer, Units } from "./dense.ts";

/** The schema of a list's entry for some kinds of layers; a number stays a number, as in a pipeline's record. */
export function entryOf<Layer, Input>(
  kinds: Readonly<Record<string, { schema: z.ZodObject }>>,
): z.ZodType<number | Layer, Input> {
  const schemas = Object.values(kinds).map(({ schema }) => schema);
  const layer = z.discriminatedUnion("kind", schemas as [typeof schemas[number]], {
    error: ({ input }) => refusalOf(input),
  });
  return z.union([Units, layer]) as unknown as z.ZodType<number | Layer, Input>;
}

/** What other libraries call batch normalisation. */
const BATCH_NORM = /^batch_?norm/i;

/**
 * Why there is no batch normalisation: the outputs of a sample would depend on the others of its batch, and its averages are neither
 * parameters nor state of an optimizer. `undefined` for all else.
 */
function refusalOf(entry: unknown): string | undefined {
  const kind = typeof entry === "object" && entry !== null && "kind" in entry ? String(entry.kind) : "";
  if (!BATCH_NORM.test(kind)) return undefined;
  return `must not be a batch normalisation, which couples the samples of a batch, got "${kind}" (use groupNorm)`;
}

/** An entry of a list of layers as a layer. */
export function toLayer<Layer>(entry: number | Layer): Layer | DenseLayer {
  return typeof entry === "number" ? dense(entry) : entry;
}
