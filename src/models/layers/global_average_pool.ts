// n = samples, h, w, c = height, width and channels of a map.

/** The mean of each channel of a feature map. @module */
import { z } from "zod";
import { sampleSize } from "../../core/shape.ts";
import { dense } from "./dense.ts";
import type { LayerKind } from "./layer.ts";
import { asPythonMap } from "./pytorch.ts";
import { asPixels, mapShape, pixelsOf } from "./sample_rows.ts";
import { CHANNELS_LAST, tfjsInput } from "./tfjs.ts";

/** A global average pooling as a pipeline's record holds it. */
export interface GlobalAveragePoolLayer {
  /** Which kind. */
  kind: "globalAveragePool";
}

/**
 * The mean of each channel over all pixels of a feature map (Lin, Chen and Yan 2014, arXiv:1312.4400, section 3.2): [h, w, c] to [c]. It has
 * no parameters. As it forgets where something is, a default decoder has a dense layer for it, which makes the whole map.
 */
export function globalAveragePool(): GlobalAveragePoolLayer {
  return { kind: "globalAveragePool" };
}

/** See {@link globalAveragePool}. */
export const globalAveragePoolKind = {
  schema: z.strictObject({ kind: z.literal("globalAveragePool") }),
  activation: () => null,
  outputShape: (_spec, input) => [mapShape("globalAveragePool", input)[2]],
  parameters: () => [],
  /** [n h w, c] -> [n, c]. */
  forward({ build, input, x }) {
    const pixels = pixelsOf(input);
    return build.multiply(build.sumRowGroups(asPixels(build, x, input), pixels), build.constant(1 / pixels));
  },
  mirror: (_spec, input) => dense(sampleSize(input)),
  describe: () => "pool",
  pytorch: {
    module: () => "nn.Identity()",
    call: (x, _self, { input }) => ({ text: `${asPythonMap(x, input)}.mean((2, 3))`, isMap: false }),
  },
  tfjs: {
    write(place) {
      const { name, output, chain } = place;
      const node = { type: "GlobalAveragePooling2D", name, config: CHANNELS_LAST };
      return { name: chain(tfjsInput(place), node), shape: output };
    },
  },
} satisfies LayerKind<GlobalAveragePoolLayer>;
