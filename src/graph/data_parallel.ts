/**
 * Splits a graph for data parallelism on two threads, which then synchronize only twice in a training step.
 *
 * First each thread computes, for half of the rows, all that is computed row by row: the forward pass, and the backward pass as far as the
 * deltas. Then each sums over all rows for half of the parameters: their gradients and, on one of the threads, the loss. The order of
 * additions is that of one thread, except for what the products themselves do with fewer rows.
 *
 * @module
 */
import { flops } from "./cost.ts";
import { computedOutputs, type Graph, hasMaps, isBatch, isView, sizeOf, type Value } from "./graph.ts";

/** The parts of a split graph. */
export interface DataParallelGraph {
  /** What is computed row by row, and can be run for any part of a batch. Its outputs: the graph's own with rows, and {@link boundary}. */
  readonly rows: Graph;
  /** The sums over rows, for the first and the second part of the parameters; `undefined` where there are none. */
  readonly ranges: readonly [Graph | undefined, Graph | undefined];
  /** The values that are passed from {@link rows} to {@link ranges}. */
  readonly boundary: readonly Value[];
  /** The position in the block of all parameters at which the second part begins. */
  readonly cut: number;
}

/**
 * The largest share of the work on gradients for one thread: above it, sharing each product evenly is faster. Products over patches,
 * which go through a batch in blocks, are not shared in that way.
 */
const MOST_OF_ONE = { dense: 0.6, maps: 1 };

/** The batch size for which work is compared. */
const ROWS = 64;

/** The input name under which a range reads a boundary value. */
export function boundaryName({ id }: Value): string {
  return `boundary:${id}`;
}

/**
 * Splits a graph for two threads; `undefined` when that is impossible or does not pay: rows that depend on sums over rows (free bits, a
 * capacity), sums that need parameters, sums of inputs alone, or gradients of which one part is most of the work.
 */
export function splitGraph(graph: Graph): DataParallelGraph | undefined {
  const kinds = kindsOf(graph);
  if (kinds === undefined) return undefined;
  const isRow = (value: Value) => kinds.get(value) === "rows";
  const computed = computedOutputs(graph);
  const sums = new Map(computed.filter(([, value]) => !isRow(value)));
  const all = closure([...sums.values(), ...graph.gradients], (value) => isRow(value) && !isRemade(value));
  if ([...all].some(({ operation }) => operation.kind === "parameter")) return undefined;
  const at = cutOf(graph, isRow);
  if (at === undefined) return undefined;
  // The viewed value is passed on, not the view, and maps, not their patches.
  const boundary = [...all].filter((value) => isRow(value) && !isRemade(value) && value.operands.length > 0);
  const rowOutputs = computed.filter(([, value]) => isRow(value) && !boundary.includes(value));
  if (boundary.length + rowOutputs.length === 0) return undefined;
  const names = new Map(boundary.map((value): [string, Value] => [boundaryName(value), value]));
  const range = (outputs: Map<string, Value>, from: number, to: number) =>
    rangeGraph(graph, outputs, isRow, { from, to });
  return {
    rows: partOf({ outputs: new Map([...rowOutputs, ...names]), parameters: graph.parameters }),
    ranges: [range(sums, 0, at), range(new Map(), at, graph.gradients.length)],
    boundary,
    cut: graph.parameters.slice(0, at).reduce((sum, { shape }) => sum + sizeOf(shape, 1), 0),
  };
}

/** Of one row each, of sums over rows, or of neither. */
type Kind = "rows" | "sums" | "fixed";

/** What each value is; `undefined` where rows depend on sums over rows, or on other rows. */
export function kindsOf(graph: Graph): ReadonlyMap<Value, Kind> | undefined {
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

/** Whether both parts make a value of what they are passed: views cost nothing, and patches less than their memory. */
function isRemade(value: Value): boolean {
  return isView(value) || value.operation.kind === "patches";
}

/** Whether a row of the result depends on other rows than its own. */
function crossesRows({ operation, shape }: Value, of: readonly Kind[]): boolean {
  return operation.kind === "matmul" && isBatch(shape[0]) && (operation.transposeA || of[1] === "rows");
}

/** Some values and all that they are computed from, up to `isEnd`. */
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

/** The parameter at which the second part begins, so that the work is split as evenly as possible. */
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
  return least <= MOST_OF_ONE[hasMaps(graph) ? "maps" : "dense"] * total ? best : undefined;
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
    const copy: Value = isRow(value) && !isRemade(value)
      ? { ...value, operation: { kind: "input", name: boundaryName(value) }, operands: [] }
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

/** The graph of some outputs: all values that they need, and the inputs among them. */
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
