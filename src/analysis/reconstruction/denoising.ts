// n = draws, D = pixels; draw r is of image r mod the split's count.

/**
 * Compares a model and rules without a model on the same corrupted images, draw by draw.
 *
 * @module
 */
import { pictureShape, type SampleShape } from "../../core/shape.ts";
import { NAMES } from "../../models/graphs.ts";
import type { Program } from "../../engine/engine.ts";
import { evaluator, type InputNoise } from "./inference.ts";
import { countWrongPixels } from "./wrong_pixels.ts";
import type { DenoisingRules } from "./limits.ts";
import type { MeasureOptions } from "./measure.ts";

/** What to compare, on which data. */
export interface DenoisingOptions extends MeasureOptions {
  readonly noise: InputNoise;
  /** Rules to measure together with the model. */
  readonly rules: DenoisingRules;
  /**
   * Passes of an image through the model: from the second on the input is a mean of the corrupted image and the output, so
   * that what was seen stays in view. @default {1}
   */
  readonly passes?: number;
  /** The weight of the output in that mean, from 0 to 1. @default {0.5} */
  readonly blend?: number;
  /**
   * The weight of the corrupted image in what is thresholded after the last pass, from 0 to 1: a pixel of which the model is not sure stays as it
   * was seen. Where two images that differ in two pixels are as likely, both pixels are near 0.5, and a cut that follows rounding would as
   * soon get both wrong as none. @default {0}
   */
  readonly inputWeight?: number;
}

/** The wrong pixels of each draw, of the model and of each rule. Each of length n. */
export interface DenoisingDraws {
  readonly model: Uint16Array;
  /** Of the model after all passes; the same as after one where there is one. */
  readonly repeated: Uint16Array;
  readonly rules: Readonly<Record<string, Uint16Array>>;
}

/** Counts the wrong pixels of each draw, both sides thresholded at 0.5; all rules guess from the same corrupted images. */
export function measureDenoising(
  { engine, model, split, noise, copies = 1, rules, passes = 1, blend = 0.5, inputWeight = 0 }:
    DenoisingOptions,
): DenoisingDraws {
  const { program, pixels, forEachBatch } = evaluator(engine, model, split, { copies });
  const samples = split.count * copies;
  const input = program.input(NAMES.input), guess = new Uint8Array(pixels);
  const corrupted = new Float32Array(input.length);
  const wrong = new Uint16Array(samples);
  const isOnce = passes === 1 && inputWeight === 0;
  const repeated = isOnce ? wrong : new Uint16Array(samples);
  const measured = Object.entries(rules).map(([name, rule]) => ({
    name,
    rule,
    wrong: new Uint16Array(samples),
  }));
  const { wrongOfModel, wrongOfGuess } = wrongCounters(program, model.shape, { corrupted, guess });
  forEachBatch({ samples, noise }, (start, rows) => {
    for (let row = 0; row < rows; row++) {
      const from = row * pixels;
      wrong[start + row] = wrongOfModel(from);
      for (const own of measured) {
        own.rule(input, from, guess);
        own.wrong[start + row] = wrongOfGuess(from);
      }
    }
    if (isOnce) return;
    corrupted.set(input);
    repeatPasses(program, corrupted, { passes, blend }, { rows, pixels });
    for (let row = 0; row < rows; row++) repeated[start + row] = wrongOfModel(row * pixels, inputWeight);
  });
  program.dispose();
  return {
    model: wrong,
    repeated,
    rules: Object.fromEntries(measured.map(({ name, wrong }) => [name, wrong])),
  };
}

/** Counters of the wrong pixels of the sample whose values begin at `from` in the program's memory. */
function wrongCounters(
  program: Program,
  shape: SampleShape,
  { corrupted, guess }: { readonly corrupted: Float32Array; readonly guess: Uint8Array },
) {
  const output = program.output("output"), target = program.input(NAMES.target), pixels = guess.length;
  const { channels = 1 } = pictureShape(shape);
  return {
    /** Those of the output, moved towards the corrupted image by a weight. */
    wrongOfModel: (from: number, weight = 0): number =>
      countWrongPixels(pixels, channels, (d) => {
        const at = from + d;
        const blended = weight === 0 ? output[at] : output[at] + weight * (corrupted[at] - output[at]);
        return (blended > 0.5) !== (target[at] > 0.5);
      }),
    /** Those of a rule's guess. */
    wrongOfGuess: (from: number): number =>
      countWrongPixels(pixels, channels, (d) => (guess[d] === 1) !== (target[from + d] > 0.5)),
  };
}

/** Runs the passes from the second on, each on a mean of the corrupted images and the output of the pass before. */
function repeatPasses(
  program: Program,
  corrupted: Float32Array,
  { passes, blend }: Required<Pick<DenoisingOptions, "passes" | "blend">>,
  { rows, pixels }: { readonly rows: number; readonly pixels: number },
): void {
  const input = program.input(NAMES.input), output = program.output("output");
  const values = rows * pixels;
  for (let pass = 2; pass <= passes; pass++) {
    for (let at = 0; at < values; at++) input[at] = corrupted[at] + blend * (output[at] - corrupted[at]);
    program.run(rows);
  }
}
