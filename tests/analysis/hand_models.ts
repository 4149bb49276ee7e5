/** Models whose every number is known, and images to put through them. @module */
import { BYTES_SCALE } from "../../src/core/scale.ts";
import type { Dataset, Split } from "../../src/data/dataset.ts";
import { loadEngine } from "../../src/engine/load.ts";
import { initialParameters } from "../../src/models/initial.ts";
import { inputSize, type ModelOptions, ModelSpec } from "../../src/models/spec.ts";
import type { TrainedModel } from "../../src/models/trained.ts";
import { chooser } from "../support/numbers.ts";

/** The fast engine, loaded once a file. */
export const wasm = await loadEngine("wasm");

/** A model with the parameters given layer by layer: weight [I, O], then bias [O]. */
export function modelOf(options: ModelOptions, parameters: readonly number[], height = 1): TrainedModel {
  const spec = ModelSpec.parse(options);
  const shape = [height, inputSize(spec) / height, 1];
  return { spec, parameters: Float32Array.from(parameters), shape, scale: BYTES_SCALE };
}

/** A model with its first weights. */
export function untrained(options: ModelOptions, seed = 1): TrainedModel {
  const spec = ModelSpec.parse(options);
  return { spec, parameters: initialParameters(spec, seed), shape: [7, 5, 1], scale: BYTES_SCALE };
}

/** A matrix with ones on its diagonal. */
function identity(size: number): number[] {
  return Array.from({ length: size * size }, (_, at) => at % (size + 1) === 0 ? 1 : 0);
}

/** An autoencoder without hidden layers that gives back its input, plus `bias`. */
export function identityModel(
  pixels: number,
  bias: readonly number[] = new Array(pixels).fill(0),
): TrainedModel {
  const zeros = new Array<number>(pixels).fill(0);
  return modelOf(
    { kind: "ae", encoder: [pixels], latent: pixels, outputActivation: "linear" },
    [...identity(pixels), ...zeros, ...identity(pixels), ...bias],
  );
}

/** Images from rows of numbers between 0 and 1. */
export function imagesOf(...rows: readonly (readonly number[])[]): Split {
  return { count: rows.length, values: Uint8Array.from(rows.flat(), (value) => Math.round(255 * value)) };
}

/** Images of random bytes. */
export function randomImages(count: number, pixels: number): Split {
  const choose = chooser(5);
  return { count, values: Uint8Array.from({ length: count * pixels }, () => choose(256)) };
}

/** A dataset of one split. */
export function datasetOf(split: Split, height: number, width: number, labelNames?: string[]): Dataset {
  return { name: "test", shape: [height, width, 1], labelNames, train: split, test: split };
}
