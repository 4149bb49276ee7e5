/** The layers of a model as a table, as Keras' `summary()` has it. @module */
import { countText } from "../core/amounts.ts";
import { sampleShapeText, sampleSize } from "../core/shape.ts";
import { codePositions, hasCodebook } from "./codebook.ts";
import { modelLayers, modelParameters } from "./layers.ts";
import type { ModelSpec } from "./spec.ts";

type Row = readonly [layer: string, kind: string, activation: string, output: string, parameters: string];

/**
 * A line for each layer: its name, kind, activation, the shape of a sample after it and its parameters; and their total. The output of a
 * codebook is the codes of a sample x the dimensions of a code.
 */
export function modelSummary(model: ModelSpec): string[] {
  const parameters = modelParameters(model), layers = modelLayers(model);
  const countOf = (isOf: (name: string) => boolean) =>
    parameters.reduce((sum, { name, shape }) => sum + (isOf(name) ? sampleSize(shape) : 0), 0);
  const rows = layers.map(({ name, layer, activation, output }): Row => {
    const count = countOf((parameter) => parameter.startsWith(`${name}.`));
    return [name, layer.kind, activation, sampleShapeText(output), countText(count)];
  });
  // Parameters of no layer: those of a codebook and of a likelihood.
  const codebook = countOf((parameter) => parameter.startsWith("codebook."));
  const others = countOf((parameter) => !layers.some(({ name }) => parameter.startsWith(`${name}.`)));
  return aligned([
    ["layer", "kind", "activation", "output", "parameters"],
    ...rows,
    ...hasCodebook(model)
      ? [["codebook", "", "", `${codePositions(model)} x ${model.dimensions}`, countText(codebook)] as const]
      : [],
    ...others === codebook ? [] : [["likelihood", "", "", "", countText(others - codebook)] as const],
    ["total", "", "", "", countText(countOf(() => true))],
  ]);
}

/** Rows in columns, numbers to the right. */
function aligned(rows: readonly Row[]): string[] {
  const widths = rows[0].map((_, column) => Math.max(...rows.map((row) => row[column].length)));
  return rows.map((row) =>
    row.map((text, column) => column < 4 ? text.padEnd(widths[column]) : text.padStart(widths[column])).join(
      "  ",
    )
  );
}
