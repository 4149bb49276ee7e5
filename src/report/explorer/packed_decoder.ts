/**
 * A decoder packed into a page: exact when it is small, as 16-bit floats or whole numbers of 8 or 6 bits when it is larger.
 *
 * @module
 */
import { graphBuilder } from "../../graph/builder.ts";
import { type Graph, nameOf, sizeOf } from "../../graph/graph.ts";
import { conditionInput } from "../../models/condition.ts";
import { decoderGraph, NAMES } from "../../models/graphs.ts";
import { decode } from "../../models/coder.ts";
import { inputSize, type ModelSpec } from "../../models/spec.ts";
import type { TrainedModel } from "../../models/trained.ts";
import { isBrightness, type Scale } from "../../core/scale.ts";
import type { NamedTensor } from "../../core/safetensors.ts";
import { type PackedDecoder, SIX_BITS } from "../page/decoder.js";

/** The most weights of each format: larger ones would leave a page no room for pictures. */
const MOST_WEIGHTS = { f32: 375_000, f16: 1_000_000, i8: 1_600_000, i6: 2_900_000 } as const;
type Format = keyof typeof MOST_WEIGHTS;
/** The largest whole number of each format that has whole numbers. */
const LARGEST = { i8: 127, i6: 31 } as const;

/** A description of each format. */
export const FORMAT_TEXT: Readonly<Record<Format, string>> = {
  f32: "the exact weights of the run",
  f16: "the weights rounded to 16-bit floats, to keep the page small",
  i8: "the weights rounded to 8 bits, to keep the page small: images are close to the model's, not equal",
  i6: "the weights rounded to 6 bits, to keep the page small: images are close to the model's, not equal",
};

/** The bytes of numbers in little-endian order, as base64. */
function base64(numbers: Float32Array | Uint16Array | Int8Array): string {
  return new Uint8Array(numbers.buffer, numbers.byteOffset, numbers.byteLength).toBase64();
}

/** The bits of the 16-bit floats nearest to some numbers. */
function halfBits(values: Float32Array): Uint16Array {
  const view = new DataView(new ArrayBuffer(2)), bits = new Uint16Array(values.length);
  for (let at = 0; at < values.length; at++) {
    view.setFloat16(0, values[at]);
    bits[at] = view.getUint16(0);
  }
  return bits;
}

/** Whole numbers from -31 to 31 as a character each: base64's own digits, 32 more than the number. */
function sixBitText(whole: Int8Array): string {
  const digits = new Uint8Array(whole.length);
  for (let at = 0; at < whole.length; at++) digits[at] = SIX_BITS.charCodeAt(whole[at] + 32);
  return new TextDecoder().decode(digits);
}

/** Each column divided by its scale and rounded; the largest integer of a column is that of the format. */
function rounded(weights: Float32Array, outputs: number, scales: Float32Array): Int8Array {
  const whole = new Int8Array(weights.length);
  for (let at = 0; at < weights.length; at++) {
    whole[at] = Math.round(weights[at] / (scales[at % outputs] || 1));
  }
  return whole;
}

/** The largest absolute value of each column, divided by the number of steps. */
function scalesOf(weights: Float32Array, outputs: number, steps: number): Float32Array {
  const largest = new Float32Array(outputs);
  for (let at = 0; at < weights.length; at++) {
    largest[at % outputs] = Math.max(largest[at % outputs], Math.abs(weights[at]));
  }
  return largest.map((value) => value / steps);
}

function joined<Numbers extends Float32Array | Uint16Array | Int8Array>(
  parts: readonly Numbers[],
  make: (length: number) => Numbers,
): Numbers {
  const all = make(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The names of the rows that turn what a decoder makes into brightness. */
const DRAWN = { factor: "brightness.factor", offset: "brightness.offset" } as const;

/** A decoder whose output is brightness, from 0 (black) to 1 (white). */
function pictureGraph(spec: ModelSpec, scale: Scale): Graph {
  if (isBrightness(scale)) return decoderGraph(spec);
  const build = graphBuilder(), row = [1, inputSize(spec)] as const;
  const latent = build.input(NAMES.latent, ["batch", spec.latent]);
  const { output } = decode(build, spec, latent, { condition: conditionInput(build, spec) });
  const wide = build.multiply(output, build.parameter(DRAWN.factor, row));
  return build.finish({ outputs: { output: build.add(wide, build.parameter(DRAWN.offset, row)) } });
}

/** The numbers of those rows: `(y divisor + shift - black) / (white - black)`. */
function drawnBy(
  { shift, divisor, drawn: [black, white] }: Scale,
  size: number,
): Pick<NamedTensor, "name" | "data">[] {
  const span = white === black ? 1 : white - black, row = { length: size };
  return [
    { name: DRAWN.factor, data: Float32Array.from(row, (_, d) => divisor[d % divisor.length] / span) },
    { name: DRAWN.offset, data: Float32Array.from(row, (_, d) => (shift[d % shift.length] - black) / span) },
  ];
}

/** The weights of a decoder that are packed: those of its matrices. */
function weightCount(graph: Graph): number {
  return graph.parameters.reduce((sum, { shape }) => sum + (shape[0] === 1 ? 0 : sizeOf(shape, 1)), 0);
}

/** The limit of a decoder's weights, and how many a larger one has; `undefined` for a decoder that fits a page. */
export function weightsBeyondPage(
  { spec, scale }: Pick<TrainedModel, "spec" | "scale">,
): { readonly weights: number; readonly most: number } | undefined {
  const weights = weightCount(pictureGraph(spec, scale)), most = MOST_WEIGHTS.i6;
  return weights > most ? { weights, most } : undefined;
}

/** The decoder of a model; `undefined` when a tensor is missing or has another size, or when it is too large even at 6 bits. */
export function packDecoder(
  { spec, scale }: Pick<TrainedModel, "spec" | "scale">,
  tensors: readonly NamedTensor[],
): PackedDecoder | undefined {
  const graph = pictureGraph(spec, scale);
  const byName = new Map(
    [...tensors, ...drawnBy(scale, inputSize(spec))].map(({ name, data }) => [name, data]),
  );
  const parameters = graph.parameters.map((value) => ({
    shape: value.shape,
    data: byName.get(nameOf(value)),
  }));
  const whole = parameters.flatMap(({ shape, data }) =>
    data?.length === sizeOf(shape, 1) ? [{ data, columns: shape[1] as number, isMatrix: shape[0] !== 1 }] : []
  );
  if (whole.length < parameters.length) return undefined;
  const matrices = whole.filter(({ isMatrix }) => isMatrix);
  const numbers = weightCount(graph);
  const format = (["f32", "f16", "i8", "i6"] as const).find((format) => numbers <= MOST_WEIGHTS[format]);
  if (format === undefined) return undefined;
  const { weights, scales } = packed(matrices, format);
  const rows = whole.filter(({ isMatrix }) => !isMatrix).map(({ data }) => data);
  return {
    values: graph.values.map(({ operation, operands, shape }) => ({
      operation,
      operands: operands.map(({ id }) => id),
      shape,
    })),
    input: graph.inputs.get(NAMES.latent)!.id,
    condition: graph.inputs.get(NAMES.condition)?.id,
    output: graph.outputs.get("output")!.id,
    format,
    weights,
    exact: base64(joined([...rows, ...scales], (n) => new Float32Array(n))),
  };
}

/** The numbers of all matrices as text, and the scales that whole numbers need. */
function packed(
  matrices: readonly { readonly data: Float32Array; readonly columns: number }[],
  format: Format,
): { weights: string; scales: Float32Array[] } {
  if (format === "f32") {
    return {
      weights: base64(joined(matrices.map(({ data }) => data), (n) => new Float32Array(n))),
      scales: [],
    };
  }
  if (format === "f16") {
    const halves = joined(matrices.map(({ data }) => halfBits(data)), (n) => new Uint16Array(n));
    return { weights: base64(halves), scales: [] };
  }
  const scales = matrices.map(({ data, columns }) => scalesOf(data, columns, LARGEST[format]));
  const whole = joined(
    matrices.map(({ data, columns }, at) => rounded(data, columns, scales[at])),
    (n) => new Int8Array(n),
  );
  return { weights: format === "i8" ? base64(whole) : sixBitText(whole), scales };
}
