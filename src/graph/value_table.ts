/** The values of a graph that is being built. @module */
import {
  type Graph,
  type Operation,
  type Shape,
  type ShapeInput,
  shapeOf,
  shapeText,
  type Value,
} from "./graph.ts";

/** The values so far, each made once. */
export interface ValueTable {
  /** The parameters so far, in the order in which they were added. */
  readonly parameters: readonly Value[];
  /** The value of an operation on operands; the existing one when the same was made before. */
  make(operation: Operation, operands: readonly Value[], shape: Shape): Value;
  /** A value with a name of its own. */
  named(kind: "input" | "parameter", name: string, shape: ShapeInput): Value;
  /** The graph of what the outputs and gradients need, renumbered. All parameters stay: they are the model. */
  graphOf(outputs: Readonly<Record<string, Value>>, gradients: readonly Value[]): Graph;
}

/** Starts an empty table. */
export function valueTable(): ValueTable {
  const values: Value[] = [];
  const known = new Map<string, Value>();
  const parameters: Value[] = [];

  function make(operation: Operation, operands: readonly Value[], shape: Shape): Value {
    const key = `${JSON.stringify(operation)} ${operands.map((operand) => operand.id)} ${shapeText(shape)}`;
    let value = known.get(key);
    if (value === undefined) {
      value = { id: values.length, shape, operation, operands };
      values.push(value);
      known.set(key, value);
      if (operation.kind === "parameter") parameters.push(value);
    }
    return value;
  }
  function named(kind: "input" | "parameter", name: string, written: ShapeInput): Value {
    const shape = shapeOf(written);
    const other = values.find(({ operation }) => "name" in operation && operation.name === name);
    if (other !== undefined) {
      throw new TypeError(`the name of the ${kind} must be unique in the graph, got "${name}" twice`);
    }
    return make({ kind, name }, [], shape);
  }
  function graphOf(outputs: Readonly<Record<string, Value>>, gradients: readonly Value[]): Graph {
    const needed = neededBy([...Object.values(outputs), ...gradients], parameters);
    const renamed = renumbered(values.filter((value) => needed.has(value)));
    const inputs = [...renamed.values()].flatMap((value) =>
      value.operation.kind === "input" ? [[value.operation.name, value] as const] : []
    );
    return {
      values: [...renamed.values()],
      inputs: new Map(inputs),
      parameters: parameters.map((parameter) => renamed.get(parameter)!),
      outputs: new Map(Object.entries(outputs).map(([name, value]) => [name, renamed.get(value)!])),
      gradients: gradients.map((gradient) => renamed.get(gradient)!),
    };
  }
  return { parameters, make, named, graphOf };
}

/** The values that results are computed from, and all parameters. */
function neededBy(results: readonly Value[], parameters: readonly Value[]): ReadonlySet<Value> {
  const needed = new Set<Value>(parameters);
  const visit = (value: Value): void => {
    if (needed.has(value) && value.operation.kind !== "parameter") return;
    needed.add(value);
    value.operands.forEach(visit);
  };
  results.forEach(visit);
  return needed;
}

/** Copies of values whose ids are their places, by the value that each is a copy of. */
function renumbered(values: readonly Value[]): ReadonlyMap<Value, Value> {
  const renamed = new Map<Value, Value>();
  values.forEach((value, id) => {
    renamed.set(value, { ...value, id, operands: value.operands.map((operand) => renamed.get(operand)!) });
  });
  return renamed;
}
