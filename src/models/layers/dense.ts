// N = batch, I = inputs, O = units; x [N, I], weight [I, O], bias [O] -> [N, O].

/** The dense layer: `activation(x weight + bias)`. @module */
import { optionsOf } from "../../core/arguments.ts";
import { z } from "zod";
import { sampleSize } from "../../core/shape.ts";
import { type Activation, ActivationName } from "../activations.ts";
import type { LayerKind } from "./layer.ts";
import { rowsModule } from "./pytorch.ts";
import { asRows } from "./sample_rows.ts";
import { tfjsRows } from "./tfjs.ts";

/** A dense layer with its options as a pipeline's record holds them. */
export interface DenseLayer {
  /** Which kind. */
  kind: "dense";
  /** Outputs. */
  units: number;
  /** The activation; the model's own when it is left out. */
  activation?: Activation | undefined;
}

/** Options for {@link dense}. */
export interface DenseOptions {
  /** The activation. @default {the model's `activation`} */
  activation?: Activation;
}

/** Outputs of a dense layer: bounded, so that a mistyped width is refused before memory is allocated. */
export const Units: z.ZodInt = z.int().min(1).max(65536);

/**
 * A dense layer: `activation(x weight + bias)`. A number `n` in a list of layers stands for `dense(n)`. After a feature map it takes the
 * map's values by row, column and channel.
 */
export function dense(units: number, options: DenseOptions = {}): DenseLayer {
  return { kind: "dense", units, ...optionsOf("dense", options) };
}

/** See {@link dense}. */
export const denseKind = {
  schema: z.strictObject({
    kind: z.literal("dense"),
    units: Units,
    activation: ActivationName.optional(),
  }),
  activation: ({ activation }) => activation,
  outputShape: ({ units }) => [units],
  parameters({ units }, input) {
    const fanIn = sampleSize(input);
    return [
      { name: "weight", shape: [fanIn, units], initial: { kind: "weight", fanIn } },
      { name: "bias", shape: [units], initial: { kind: "bias", fanIn } },
    ];
  },
  forward: ({ build, input, x, parameters: { weight, bias } }) =>
    build.add(build.matmul(asRows(build, x, input), weight), bias),
  mirror: (_spec, input) => dense(sampleSize(input)),
  describe: ({ units }) => String(units),
  pytorch: rowsModule(({ input, output }) => `nn.Linear(${sampleSize(input)}, ${sampleSize(output)})`),
  tfjs: {
    hasActivation: true,
    write(place) {
      const { name, output, activation, chain, weights } = place, units = sampleSize(output);
      weights({ weight: "kernel" });
      const config = { units, activation, use_bias: true };
      return { name: chain(tfjsRows(place), { type: "Dense", name, config }), shape: [units] };
    },
  },
} satisfies LayerKind<DenseLayer>;
