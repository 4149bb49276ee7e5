/** The weights that all engines of the bench begin with. @module */
import { fillNormal } from "../src/core/random.ts";

/** Weights N(0, 1/inputs) and zero biases, layer by layer: w0 [n0, n1], b0 [1, n1], w1, ... */
export function initialParameters(widths: readonly number[]): Float32Array[] {
  return widths.slice(1).flatMap((outputs, layer) => {
    const inputs = widths[layer], weight = new Float32Array(inputs * outputs);
    const rows = Uint32Array.from({ length: inputs }, (_, row) => row);
    const key = { seed: 42, stream: "initial", epoch: layer } as const;
    fillNormal(weight, inputs, outputs, rows, key, Math.sqrt(1 / inputs));
    return [weight, new Float32Array(outputs)];
  });
}
