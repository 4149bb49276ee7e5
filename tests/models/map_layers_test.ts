import { deepStrictEqual as deepEqual } from "node:assert/strict";
import { referenceEngine } from "../../src/engine/reference.ts";
import { graphBuilder } from "../../src/graph/builder.ts";
import type { Layer } from "../../src/models/layers/table.ts";
import { asRows } from "../../src/models/layers/sample_rows.ts";
import { LayerEntry, layers } from "../../src/models/layers/table.ts";
import { sampleSize } from "../../src/core/shape.ts";
import { assertClose } from "../support/close.ts";
import golden from "../golden/map_layers.json" with { type: "json" };

const SAMPLES = 2;

/** What PyTorch computed: tests/golden/map_layers.py. */
for (const { layer: written, input, output, y } of golden) {
  const { kind, ...options } = written;
  Deno.test(`${kind}() computes what PyTorch computes: ${JSON.stringify(options)} of ${input.join("x")}`, () => {
    const layer = LayerEntry.parse(written) as Layer;
    deepEqual([...layers.outputShapeOf(layer, input)], output);
    const found = run(layer, input);
    // Bilinear weights are divided by their sums, which double precision rounds.
    assertClose(found, y, { absolute: 1e-12, relative: 1e-12 }, kind);
  });
}

/** Sines as samples and cosines as parameters, as the script makes them. */
function run(layer: Layer, input: readonly number[]): Float64Array {
  const build = graphBuilder(), size = sampleSize(input);
  const named = layers.parametersOf(layer, input).map(({ name, shape }) => [
    name,
    build.parameter(name, [sampleSize(shape.slice(0, -1)), shape.at(-1)!]),
  ]);
  const y = layers.forwardOf({
    build,
    spec: layer,
    input,
    x: build.input("x", ["batch", size]),
    parameters: Object.fromEntries(named),
    inner: [],
  });
  const outputs = { y: asRows(build, y, layers.outputShapeOf(layer, input)) };
  const program = referenceEngine("f64").compile(build.finish({ outputs }), { capacity: SAMPLES });
  program.input("x").set(Array.from({ length: SAMPLES * size }, (_, at) => Math.sin(0.7 * at + 0.3)));
  program.parameters.forEach((_, at) => program.parameters[at] = 0.5 * Math.cos(1.3 * at));
  program.run(SAMPLES);
  return Float64Array.from(program.output("y"));
}
