/** What a kind of layer is in TensorFlow.js: layers of Keras as plain data. @module */
import { isSameShape, type SampleShape, sampleSize } from "../../core/shape.ts";

/** A layer of Keras, with the names of the layers that it reads. */
export interface TfjsNode {
  readonly type: string;
  readonly name: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly reads: readonly string[];
}

/** The output of a layer. */
export interface TfjsValue {
  /** The name of the layer of Keras that makes it. */
  readonly name: string;
  readonly shape: SampleShape;
}

/** A layer at its position in a model, which is being written. */
export interface TfjsPlace<Spec> {
  readonly name: string;
  readonly spec: Spec;
  /** The shape of a sample before and after it. */
  readonly input: SampleShape;
  readonly output: SampleShape;
  readonly x: TfjsValue;
  /** The activation that it has itself, by Keras' name; only of kinds with {@link TfjsLayer.hasActivation}. */
  readonly activation: string;
  /** Adds each of its inner layers, with its activation. */
  readonly inner: readonly ((x: TfjsValue) => TfjsValue)[];
  /**
   * Adds layers of Keras one after the other; the first reads `x` unless it says what it reads. Returns the name of the last.
   */
  chain(
    x: string,
    ...nodes: readonly (Omit<TfjsNode, "reads"> & { readonly reads?: readonly string[] })[]
  ): string;
  /** Adds its parameters as weights; `names`: what Keras calls them otherwise. */
  weights(names?: Readonly<Record<string, string>>): void;
}

/** A kind of layer in TensorFlow.js. */
export interface TfjsLayer<Spec> {
  /** Whether its layer of Keras has an activation. @default {layers of their own follow for it} */
  readonly hasActivation?: true;
  /** Adds it, without its activation unless it has one itself. @throws {RangeError} By {@link tfjsLacks}. */
  write(place: TfjsPlace<Spec>): TfjsValue;
}

/** The position of the channels in maps. */
export const CHANNELS_LAST = { data_format: "channels_last" };

/** x under another shape. */
export function shapedTfjs(
  { chain, name }: Pick<TfjsPlace<unknown>, "chain" | "name">,
  x: TfjsValue,
  shape: SampleShape,
  step = name,
): string {
  if (isSameShape(x.shape, shape)) return x.name;
  return chain(x.name, { type: "Reshape", name: `${step}_reshape`, config: { target_shape: [...shape] } });
}

/** What a layer reads, under the shape of its input. */
export function tfjsInput(place: TfjsPlace<unknown>): string {
  return shapedTfjs(place, place.x, place.input);
}

/** What a layer reads, as a row of values. */
export function tfjsRows(place: TfjsPlace<unknown>): string {
  return shapedTfjs(place, place.x, [sampleSize(place.input)]);
}

/** A layer without parameters that only shows its values under another shape. */
export const VIEW_LAYER: TfjsLayer<unknown> = {
  write: (place) => ({ name: shapedTfjs(place, place.x, place.output), shape: place.output }),
};

/** Why a layer cannot be written: TensorFlow.js has no such layer. */
export function tfjsLacks(layer: string, what: string): RangeError {
  return new RangeError(
    "A TensorFlow.js layers model can only hold layers that TensorFlow.js has, " +
      `got ${what} at ${layer} (use the format onnx, which has all)`,
  );
}
