/** Makes a vector of a feature map. @module */
import { z } from "zod";
import { sampleSize } from "../../core/shape.ts";
import type { LayerKind } from "./layer.ts";
import { VIEW_MODULE } from "./pytorch.ts";
import { VIEW_LAYER } from "./tfjs.ts";

/** A change of a map to a vector as a pipeline's record holds it. */
export interface FlattenLayer {
  /** Which kind. */
  kind: "flatten";
}

/**
 * Makes a vector of the values of a feature map, by row, column and channel. A dense layer does so by itself: it is there for those who want
 * to see it written. It has no parameters.
 */
export function flatten(): FlattenLayer {
  return { kind: "flatten" };
}

/** See {@link flatten}. */
export const flattenKind = {
  schema: z.strictObject({ kind: z.literal("flatten") }),
  activation: () => null,
  outputShape: (_spec, input) => [sampleSize(input)],
  parameters: () => [],
  forward: ({ x }) => x,
  mirror: (_spec, input) => ({ kind: "reshape", shape: [...input] }),
  describe: () => "flatten",
  pytorch: VIEW_MODULE,
  tfjs: VIEW_LAYER,
} satisfies LayerKind<FlattenLayer>;
