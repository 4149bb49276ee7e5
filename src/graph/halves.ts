/**
 * A graph in pieces that two threads can work on at the same time, for a step of training in which each needs the other only twice.
 *
 * First each thread computes, for one half of the rows, all that is computed row by row: the way forward, and the way back as far as the
 * deltas. Then each sums up over all rows for one half of the parameters: their gradients, and (one of the two) the loss. No number is
 * added up in another order than on one thread, but by what the products themselves do with fewer rows.
 *
 * @module
 */
import { flops } from "./cost.ts";
import { computedOutputs, type Graph, isBatch, sizeOf, type Value, viewed } from "./graph.ts";

/** The pieces of a graph. */
export interface Halves {
  /** Row by row: can be run for any part of a batch. Its outputs are the graph's own that have rows, and {@link between}. */
  readonly rows: Graph;
  /** What sums up over rows: for the first and for the second part of the parameters. `undefined` where there is nothing. */
  readonly ranges: readonly [Graph | undefined, Graph | undefined];
  /** The values that the rows leave for the ranges. */
  readonly between: readonly Value[];
  /** The number of the first parameter's number (of all, one after the other) in the second part. */
  readonly cut: number;
}

/** The most of the work on gradients that one thread may get: with more, sharing products evenly is quicker. */
const MOST_OF_ONE = 0.6;

/** The rows by which work is compared. */
const ROWS = 64;

/** The name by which a range reads a value of the rows. */
export function betweenName({ id }: Value): string {
  return `between:${id}`;
}

/**
 * Parts a graph in halves; `undefined` when it cannot be: rows that depend on sums over rows (free bits, a capacity), sums that need
 * parameters, or gradients of which one part is most of the work.
 */
export function halvesOf(graph: Graph): Halves | undefined {
  const kinds = kindsOf(graph);
  if (kinds === undefined) return undefined;
  const isRow = (value: Value) => kinds.get(value) === "rows";
  const computed = computedOutputs(graph);
  const sums = new Map(computed.filter(([, value]) => !isRow(value)));
  const all = closure([...sums.values(), ...graph.gradients], isRow);
  if ([...all].some(({ operation }) => operation.kind === "parameter")) return undefined;
  const at = cutOf(graph, isRow);
  if (at === undefined) return undefined;
  // What a view shows is handed over, not the view.
  const between = [...new Set([...all].filter(isRow).map(viewed))].filter(({ operands }) =>
    operands.length > 0
  );
  const names = new Map(between.map((value): [string, Value] => [betweenName(value), value]));
  const rowOutputs = computed.filter(([, value]) => isRow(value) && !between.includes(value));
  const range = (outputs: Map<string, Value>, from: number, to: number) =>
    rangeGraph(graph, outputs, isRow, { from, to });
  return {
    rows: partOf({ outputs: new Map([...rowOutputs, ...names]), parameters: graph.parameters }),
    ranges: [range(sums, 0, at), range(new Map(), at, graph.gradients.length)],
    between,
    cut: graph.parameters.slice(0, at).reduce((sum, { shape }) => sum + sizeOf(shape, 1), 0),
  };
}

/** Of one row each, of sums over rows, or of neither. */
type Kind = "rows" | "sums" | "fixed";

function kindsOf(graph: Graph): ReadonlyMap<Value, Kind> | undefined {
  const kinds = new Map<Value, Kind>();
  for (const value of graph.values) {
    const of = value.operands.map((operand) => kinds.get(operand)!);
    const hasRows = isBatch(value.shape[0]);
    if (isBatch(value.shape[1]) || (hasRows && of.includes("sums")) || crossesRows(value, of)) {
      return undefined;
    }
    const isSum = of.includes("sums") || (of.includes("rows") && !hasRows);
    kinds.set(value, hasRows ? "rows" : isSum ? "sums" : "fixed");
  }
  return kinds;
}

/** Whether a row of the result depends on other rows than its own. */
function crossesRows({ operation, shape }: Value, of: readonly Kind[]): boolean {
  return operation.kind === "matmul" && isBatch(shape[0]) && (operation.transposeA || of[1] === "rows");
}

/** Some values and all that they are made of, as far as `isEnd`. */
function closure(from: readonly Value[], isEnd: (value: Value) => boolean): Set<Value> {
  const found = new Set<Value>();
  const visit = (value: Value): void => {
    if (found.has(value)) return;
    found.add(value);
    if (!isEnd(value)) value.operands.forEach(visit);
  };
  from.forEach(visit);
  return found;
}

/** The parameter with which the second part begins, such that both are as much work as can be. */
function cutOf(graph: Graph, isRow: (value: Value) => boolean): number | undefined {
  const work = graph.gradients.map((gradient) => {
    const values = [...closure([gradient], isRow)].filter((value) => !isRow(value));
    return flops({ ...graph, values }, ROWS);
  });
  const total = work.reduce((sum, each) => sum + each, 0);
  let best = 0, least = total, before = 0;
  work.forEach((each, at) => {
    before += each;
    if (Math.max(before, total - before) >= least) return;
    least = Math.max(before, total - before);
    best = at + 1;
  });
  return least <= MOST_OF_ONE * total ? best : undefined;
}

/** The sums of one part, with the rows as inputs. */
function rangeGraph(
  graph: Graph,
  outputs: ReadonlyMap<string, Value>,
  isRow: (value: Value) => boolean,
  { from, to }: { from: number; to: number },
): Graph | undefined {
  if (outputs.size === 0 && from === to) return undefined;
  const copies = new Map<Value, Value>();
  const copied = (value: Value): Value => {
    const known = copies.get(value);
    if (known !== undefined || value.operands.length === 0) return known ?? value;
    const isView = value.operation.kind === "reshape";
    const copy: Value = isRow(value) && !isView
      ? { ...value, operation: { kind: "input", name: betweenName(value) }, operands: [] }
      : { ...value, operands: value.operands.map(copied) };
    copies.set(value, copy);
    return copy;
  };
  return partOf({
    outputs: new Map([...outputs].map(([name, value]) => [name, copied(value)])),
    gradients: graph.gradients.slice(from, to).map(copied),
    parameters: graph.parameters.slice(from, to),
  });
}

/** A graph of some outputs: with all values that they need, and the inputs among them. */
function partOf(
  { outputs, gradients = [], parameters }: Pick<Graph, "outputs" | "parameters"> & Partial<Graph>,
): Graph {
  const needed = closure([...outputs.values(), ...gradients], () => false);
  const values = [...needed].sort((left, right) => left.id - right.id);
  const inputs = values.flatMap((value): [string, Value][] =>
    value.operation.kind === "input" ? [[value.operation.name, value]] : []
  );
  return { values, inputs: new Map(inputs), parameters, outputs, gradients };
}
