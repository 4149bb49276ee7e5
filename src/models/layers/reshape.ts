/** Gives the values of a sample another shape. @module */
import { z } from "zod";
import { sampleShapeText, sampleSize } from "../../core/shape.ts";
import { LayerFault } from "./fault.ts";
import type { LayerKind } from "./layer.ts";
import { VIEW_MODULE } from "./pytorch.ts";
import { VIEW_LAYER } from "./tfjs.ts";

/** A change of shape with its options as a pipeline's record holds them. */
export interface ReshapeLayer {
  /** Which kind. */
  kind: "reshape";
  /** The shape of a sample after it. */
  shape: number[];
}

/**
 * Gives the values of a sample another shape, in row-major order: `reshape([7, 7, 64])` makes a feature map [height, width, channels] of
 * the 3,136 values of a dense layer. It has no parameters.
 */
export function reshape(shape: number[]): ReshapeLayer {
  return { kind: "reshape", shape };
}

/** See {@link reshape}. */
export const reshapeKind = {
  schema: z.strictObject({
    kind: z.literal("reshape"),
    shape: z.array(z.int().min(1).max(65536)).refine(({ length }) => length === 1 || length === 3, {
      error: ({ input }) =>
        `must be [values] or [height, width, channels], got ${(input as unknown[]).length} dimensions`,
    }),
  }),
  activation: () => null,
  outputShape({ shape }, input) {
    const size = sampleSize(input);
    if (sampleSize(shape) === size) return shape;
    const found = `${shape.join("x")}, which has ${sampleSize(shape)}`;
    const must = `must have the ${size} values of ${sampleShapeText(input)} before it, got ${found}`;
    throw new LayerFault(["shape"], must);
  },
  parameters: () => [],
  forward: ({ x }) => x,
  mirror: (_spec, input) => ({ kind: "reshape", shape: [...input] }),
  describe: ({ shape }) => shape.join("x"),
  pytorch: VIEW_MODULE,
  tfjs: VIEW_LAYER,
} satisfies LayerKind<ReshapeLayer>;
