// P = all parameters together.

/**
 * Parameters that a training does not change.
 *
 * An update is elementwise, so giving the frozen numbers back after it has the same result as not updating them, whatever the optimizer's
 * momentum or weight decay would do, and works with every engine and every split of an update over threads.
 *
 * @module
 */
import type { Floats, Program } from "../engine/engine.ts";
import { type ModelLayer, modelLayers, modelParameters } from "../models/layers.ts";
import type { ModelSpec } from "../models/spec.ts";
import { sampleSize } from "../core/shape.ts";

/** Which layers belong to a part of a model. */
const PARTS: Readonly<Record<string, readonly string[]>> = {
  encoder: ["encoder", "latent"],
  decoder: ["decoder", "output"],
};

/**
 * The names that can be frozen: `encoder` (with the latent layer), `decoder` (with the output layer), each layer with parameters and each
 * layer in one, and what else has parameters.
 */
export function freezableNames(model: ModelSpec): string[] {
  const parameters = modelParameters(model).map(({ name }) => name);
  const namesOf = ({ name, inner }: ModelLayer): string[] => [name, ...inner.flatMap(namesOf)];
  const layers = modelLayers(model).flatMap(namesOf).filter((name) =>
    parameters.some((parameter) => parameter.startsWith(`${name}.`))
  );
  const others = parameters.map((name) => name.slice(0, name.lastIndexOf(".")));
  return [...new Set([...Object.keys(PARTS), ...layers, ...others])];
}

/** A range of parameters. */
interface Range {
  readonly start: number;
  readonly end: number;
}

/** The ranges of the parameters of parts and layers, neighbours joined. */
export function parameterRanges(model: ModelSpec, names: readonly string[]): Range[] {
  const prefixes = names.flatMap((name) => PARTS[name] ?? [name]);
  const ranges: { start: number; end: number }[] = [];
  let start = 0;
  for (const { name, shape } of modelParameters(model)) {
    const end = start + sampleSize(shape);
    if (prefixes.some((prefix) => name.startsWith(`${prefix}.`))) {
      if (ranges.at(-1)?.end === start) ranges.at(-1)!.end = end;
      else ranges.push({ start, end });
    }
    start = end;
  }
  return ranges;
}

/** Keeps parameters of a program as they are. */
export interface Frozen {
  /** Takes their gradients out of the norm by which gradients are clipped. */
  clearGradients(): void;
  /** Gives the numbers back after an update. */
  restore(): void;
}

/**
 * Freezes ranges of the current parameters of a program, and of their average, where there is one: that of numbers that stay the same. A
 * call of what it returns allocates nothing.
 */
export function freezeParameters(
  { parameters, gradients }: Pick<Program, "parameters" | "gradients">,
  ranges: readonly Range[],
  average: Floats = parameters,
): Frozen {
  const kept = ranges.map(({ start, end }) => ({
    values: parameters.slice(start, end),
    parameters: parameters.subarray(start, end),
    average: average.subarray(start, end),
    gradients: gradients.subarray(start, end),
  }));
  return {
    clearGradients() {
      for (const { gradients } of kept) gradients.fill(0);
    },
    restore() {
      for (const { parameters, average, values } of kept) {
        parameters.set(values);
        average.set(values);
      }
    },
  };
}
