/** Layers in reverse: what leads back from their outputs to the shapes of their inputs. @module */
import { isSameShape, type SampleShape } from "../../core/shape.ts";
import { atLayer } from "./fault.ts";
import type { LayerFunctions } from "./functions.ts";
import type { ReshapeLayer } from "./reshape.ts";

/** A layer between the shapes of its inputs and outputs. */
interface Step<Layer> {
  readonly layer: Layer;
  readonly input: SampleShape;
  readonly output: SampleShape;
}

/** Layers that follow each other, with their shapes. */
export function stepsOf<Layer>(
  { outputShapeOf }: LayerFunctions<Layer>,
  layers: readonly Layer[],
  from: SampleShape,
): Step<Layer>[] {
  let input = from;
  return layers.map((layer) => {
    const step = { layer, input, output: outputShapeOf(layer, input) };
    input = step.output;
    return step;
  });
}

/**
 * The mirrors of layers in reverse order, as steps from the last output to the first input. The output of a mirror corresponds to that of
 * the layer before its own, so it has that one's activation.
 *
 * @throws {LayerFault} At the position of a layer that has none.
 */
export function mirrorsOf<Layer>(
  functions: LayerFunctions<Layer>,
  steps: readonly Step<Layer>[],
): Step<Layer>[] {
  const { mirrorOf, activationOf } = functions;
  return steps.flatMap(({ layer, input, output }, position) => {
    const mirror = atLayer([position], () => mirrorOf(layer, input));
    if (mirror === undefined) return [];
    const activation = position === 0 ? undefined : activationOf(steps[position - 1].layer);
    const isPlain = activationOf(mirror) === null || typeof activation !== "string";
    return [{ layer: isPlain ? mirror : { ...mirror, activation }, input: output, output: input }];
  }).toReversed();
}

/** Steps as layers, with a reshape wherever one makes a vector and a map is needed next. */
export function withMaps<Layer>(
  { outputShapeOf }: LayerFunctions<Layer>,
  steps: readonly Step<Layer>[],
): (Layer | ReshapeLayer)[] {
  return steps.flatMap(({ layer, input, output }, position) => {
    const isLast = position === steps.length - 1;
    if (isLast || output.length !== 3 || isSameShape(outputShapeOf(layer, input), output)) return [layer];
    return [layer, { kind: "reshape", shape: [...output] } as const];
  });
}
