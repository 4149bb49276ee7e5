/**
 * The interface of a kind of layer; each kind is one file.
 *
 * @module
 */
import type { z } from "zod";
import type { SampleShape } from "../../core/shape.ts";
import type { GraphBuilder } from "../../graph/builder.ts";
import type { Value } from "../../graph/graph.ts";
import type { Activation, ActivationKind } from "../activations.ts";
import type { PytorchLayer } from "./pytorch.ts";
import type { TfjsLayer } from "./tfjs.ts";

/** How a parameter is initialised. */
export type InitialValues =
  /** Drawn as the model's initialiser says for a layer in which each output depends on `fanIn` inputs. */
  | { readonly kind: "weight"; readonly fanIn: number }
  /** The bias of such a layer: 0 unless the initialiser draws biases too. */
  | { readonly kind: "bias"; readonly fanIn: number }
  | { readonly kind: "constant"; readonly value: number };

/** One parameter of a layer. */
export interface LayerParameter {
  /** Its name within the layer: `weight`. Files call it `<layer>.<name>`. */
  readonly name: string;
  /** Its shape in files. In a graph it is the matrix of the same numbers whose columns are the last dimension. */
  readonly shape: readonly number[];
  readonly initial: InitialValues;
}

/** A layer inside another. */
export interface InnerLayer<Spec> {
  /** Its name within the outer layer: `layers.0`. */
  readonly name: string;
  readonly layer: Spec;
  /** The shape of a sample before it. */
  readonly input: SampleShape;
  /** Its activation where it names none. @default {the model's} */
  readonly activation?: Activation;
  /** How its weights are initialised where the model's initialiser is "auto". @default {by its activation} */
  readonly initialiser?: ActivationKind["initialiser"];
}

/**
 * A kind of layer. Its values in a graph are matrices of the numbers of whole samples, each in row-major order, however they are divided
 * into rows: a sample of [h, w, c] is one row of h w c numbers, or h w rows of c.
 */
export interface LayerKind<Spec extends { readonly kind: string }, Inner = never> {
  /** The schema of its options; strict, with all defaults. */
  readonly schema: z.ZodObject & z.ZodType<Spec>;
  /** The activation that follows it, `undefined` for the model's; `null` for kinds without activation. */
  activation(spec: Spec): Activation | undefined | null;
  /** The shape of its outputs. @throws {LayerFault} When it does not take inputs of that shape. */
  outputShape(spec: Spec, input: SampleShape): SampleShape;
  /** Its own parameters, without those of inner layers, in the order in which models and files hold them. */
  parameters(spec: Spec, input: SampleShape): readonly LayerParameter[];
  /** The layers that it is made of, whose parameters follow its own. @default {none} */
  inner?(spec: Spec, input: SampleShape): readonly InnerLayer<Inner>[];
  /** Adds it to a graph, without its activation. */
  forward(layer: ForwardLayer<Spec>): Value;
  /** The layer of a default decoder that leads from its outputs back to the shape of its inputs; `undefined` when none is needed. */
  mirror(spec: Spec, input: SampleShape): { readonly kind: string } | undefined;
  /** A short text for `describeModel`: `400`. */
  describe(spec: Spec): string;
  /** Of a layer with draws of its own: the share of its mask that is 0. @default {it draws nothing} */
  dropRate?(spec: Spec): number;
  /** Its module in PyTorch, where that has one. @default {a module generated from {@link forward}, without draws} */
  readonly pytorch?: PytorchLayer<Spec>;
  /** Its layer in TensorFlow.js. @default {TensorFlow.js has none, and the export is refused} */
  readonly tfjs?: TfjsLayer<Spec>;
}

/** The arguments of {@link LayerKind.forward}. */
export interface ForwardLayer<Spec> {
  readonly build: GraphBuilder;
  readonly spec: Spec;
  /** The shape of a sample before the layer. */
  readonly input: SampleShape;
  readonly x: Value;
  /** By name. */
  readonly parameters: Readonly<Record<string, Value>>;
  /** Adds each of its inner layers, with its activation. */
  readonly inner: readonly ((x: Value) => Value)[];
  /** The name under which a layer with draws of its own has its mask as an input; `undefined` outside of a training, where nothing is drawn. */
  readonly mask?: string;
}
