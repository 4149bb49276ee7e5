// n = draws, D = pixels; draw r is of image r mod the split's count.

/**
 * How a model and rules that need none do on the very same spoiled images, draw by draw.
 *
 * @module
 */
import { NAMES } from "../models/graphs.ts";
import { evaluator, type InputNoise } from "./inference.ts";
import type { Rules } from "./limits.ts";
import type { MeasureOptions } from "./measure.ts";

/** Whom to compare, on what. */
export interface DenoisingOptions extends MeasureOptions {
  readonly noise: InputNoise;
  /** Rules to judge beside the model. */
  readonly rules: Rules;
}

/** The wrong pixels of each draw, of the model and of each rule. Each of length n. */
export interface DenoisingDraws {
  readonly model: Uint16Array;
  readonly rules: Readonly<Record<string, Uint16Array>>;
}

/** Counts the wrong pixels of each draw, both sides cut at 0.5; all guess from the same spoiled images. */
export function measureDenoising(
  { engine, model, split, noise, copies = 1, rules }: DenoisingOptions,
): DenoisingDraws {
  const { program, pixels, forEachBatch } = evaluator(engine, model, split, { copies });
  const samples = split.count * copies;
  const output = program.output("output"), target = program.input(NAMES.target);
  const input = program.input(NAMES.input), guess = new Uint8Array(pixels);
  const wrong = new Uint16Array(samples);
  const judged = Object.entries(rules).map(([name, rule]) => ({
    name,
    rule,
    wrong: new Uint16Array(samples),
  }));
  forEachBatch({ samples, noise }, (start, rows) => {
    for (let row = 0; row < rows; row++) {
      const from = row * pixels;
      for (let d = 0; d < pixels; d++) {
        if ((output[from + d] > 0.5) !== (target[from + d] > 0.5)) wrong[start + row]++;
      }
      for (const own of judged) {
        own.rule(input, from, guess);
        for (let d = 0; d < pixels; d++) {
          if ((guess[d] === 1) !== (target[from + d] > 0.5)) own.wrong[start + row]++;
        }
      }
    }
  });
  program.dispose();
  return { model: wrong, rules: Object.fromEntries(judged.map(({ name, wrong }) => [name, wrong])) };
}
