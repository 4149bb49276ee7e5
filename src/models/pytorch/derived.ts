/** Modules of PyTorch generated from the graph of a layer, for kinds of layers that PyTorch does not have. @module */
import { sampleShapeText, sampleSize } from "../../core/shape.ts";
import { graphBuilder } from "../../graph/builder.ts";
import { BATCH, nameOf, type Value, viewed } from "../../graph/graph.ts";
import { matrixShape } from "../coder.ts";
import type { ModelLayer } from "../layers.ts";
import type { LayerParameter } from "../layers/layer.ts";
import { asPythonRows, type Expression, type InnerModule } from "../layers/pytorch.ts";
import { asRows } from "../layers/sample_rows.ts";
import { layers } from "../layers/table.ts";
import type { PythonDefinitions } from "./definitions.ts";
import { pythonOf } from "./graph.ts";
import { axesFromPytorch, pytorchName, pytorchShape } from "./names.ts";

const INPUT = "x";

/** A use of an inner layer in a graph: the value that it is given. */
interface InnerCall {
  readonly argument: Value;
  readonly module: InnerModule;
}

/**
 * The module of a layer, without its activation, from rows [n, values] to rows. Its parameters have the names and shapes that they have in a
 * `state_dict` for any layer.
 */
export function derivedModule(
  layer: ModelLayer,
  inner: readonly InnerModule[],
  definitions: PythonDefinitions,
): string {
  const { layer: { kind }, input, output, parameters } = layer;
  const { lines, result } = forwardLines(layer, inner);
  const name = `${kind[0].toUpperCase()}${kind.slice(1)}`;
  const about = `rows [n, ${sampleShapeText(input)}] to [n, ${sampleShapeText(output)}]`;
  const own = parameters.map(({ name, shape }) =>
    `self.${memberName(name)} = nn.Parameter(torch.zeros(${pytorchShape(shape).join(", ")}))`
  );
  return `${
    definitions.moduleOf(name, about, [...own, ...innerMembers(inner)], [...lines, `return ${result}`])
  }()`;
}

/** The lines of `forward`, and its result. */
function forwardLines(layer: ModelLayer, inner: readonly InnerModule[]) {
  const { layer: spec, input, output } = layer, calls: InnerCall[] = [], build = graphBuilder();
  const x = build.input(INPUT, ["batch", sampleSize(input)]);
  const parameters = Object.fromEntries(
    layer.parameters.map(({ name, shape }) => [name, build.parameter(name, matrixShape(shape))]),
  );
  // What an inner layer gives is an input of the graph.
  const y = layers.forwardOf({
    build,
    spec,
    input,
    x,
    parameters,
    inner: inner.map((module, at) => (argument: Value) => {
      calls.push({ argument, module });
      return build.input(innerName(calls.length - 1), ["batch", sampleSize(layer.inner[at].output)]);
    }),
  });
  const outputs = calls.map(({ argument }, at): [string, Value] => [innerName(at), argument]);
  const graph = build.finish({ outputs: { ...Object.fromEntries(outputs), y: asRows(build, y, output) } });
  const byName = new Map(layer.parameters.map((parameter) => [parameter.name, parameter]));
  const given = new Map<string, Expression>([[INPUT, { text: INPUT, isMap: false }]]);
  const written = pythonOf(graph, INPUT, (value, { textOf, named }) => {
    const name = nameOf(value);
    if (name === INPUT) return INPUT;
    if (value.operation.kind === "parameter") return parameterText(byName.get(name)!);
    const { module } = calls[Number(name.slice(innerName("").length))], argument = graph.outputs.get(name)!;
    const { text, isMap } = module.call(
      expressionOf(argument, given, textOf),
      `self${memberPath(module.name)}`,
    );
    given.set(name, { text: named(text), isMap });
    return asPythonRows(given.get(name)!);
  });
  return { lines: written.lines, result: written.outputs.get("y")! };
}

function innerName(at: number | string): string {
  return `inner.${at}`;
}

/** What an inner layer is given: a map stays one where nothing is computed in between. */
function expressionOf(
  value: Value,
  given: ReadonlyMap<string, Expression>,
  textOf: (value: Value, isArgument: boolean) => string,
): Expression {
  const source = viewed(value);
  if (source.operation.kind === "input") return given.get(source.operation.name)!;
  const rows = value.shape[0] === BATCH
    ? textOf(value, true)
    : `${textOf(value, false)}.reshape(len(${INPUT}), -1)`;
  return { text: rows, isMap: false };
}

/** A parameter as the matrix that a graph has. */
function parameterText({ name, shape }: LayerParameter): string {
  const own = `self.${memberName(name)}`, axes = axesFromPytorch(shape);
  const ordered = axes.every((axis, at) => axis === at)
    ? own
    : axes.length === 2
    ? `${own}.T`
    : `${own}.permute(${axes.join(", ")})`;
  const [rows, columns] = matrixShape(shape);
  return shape.length === 2 ? ordered : `${ordered}.reshape(${rows}, ${columns})`;
}

function memberName(parameter: string): string {
  return pytorchName(`.${parameter}`).slice(1);
}

/** `layers.0` as `.layers[0]`. */
function memberPath(name: string): string {
  return name.split(".").map((part) => /^\d+$/.test(part) ? `[${part}]` : `.${part}`).join("");
}

/** The members that hold inner layers: `layers.0`, `layers.1`, ... are one list. */
function innerMembers(inner: readonly InnerModule[]): string[] {
  const groups = Map.groupBy(inner, ({ name }) => name.split(".")[0]);
  return [...groups].map(([name, modules]) => {
    const texts = modules.map(({ module }) => module);
    return `self.${name} = ${modules[0].name === name ? texts[0] : `nn.ModuleList([${texts.join(", ")}])`}`;
  });
}
