// x, a, b = operands, y = a value.

/**
 * Graphs as code of Python: each value as a matrix of PyTorch.
 *
 * @module
 */
import {
  type BinaryKind,
  type Dimension,
  type Graph,
  isBatch,
  type OperationKind,
  type OperationOf,
  type Shape,
  type Value,
} from "../../graph/graph.ts";
import type { Window } from "../../graph/window.ts";

type Computed = Exclude<OperationKind, "input" | "parameter" | "constant">;

/** Writes a value given its operands. `like`: a tensor with as many rows as there are samples. */
type Writer<Kind extends Computed> = (
  operands: readonly string[],
  operation: OperationOf<Kind>,
  shape: Shape,
  like: string,
) => string;

const INFIX: Readonly<Record<Exclude<BinaryKind, "greater">, string>> = {
  add: "+",
  subtract: "-",
  multiply: "*",
  divide: "/",
};

const infix = (kind: keyof typeof INFIX) => ([a, b]: readonly string[]) => `${a} ${INFIX[kind]} ${b}`;
const call = (name: string) => ([x]: readonly string[]) => `${name}(${x})`;

const WRITERS: { readonly [Kind in Computed]: Writer<Kind> } = {
  add: infix("add"),
  subtract: infix("subtract"),
  multiply: infix("multiply"),
  divide: infix("divide"),
  greater: ([a, b], _operation, _shape, like) => `(${a} > ${b}).to(${like}.dtype)`,
  matmul: ([a, b], { transposeA, transposeB }) =>
    `torch.mm(${a}${transposeA ? ".T" : ""}, ${b}${transposeB ? ".T" : ""})`,
  tanh: call("torch.tanh"),
  sigmoid: call("torch.sigmoid"),
  exp: call("torch.exp"),
  log: call("torch.log"),
  sqrt: call("torch.sqrt"),
  softplus: call("F.softplus"),
  relu: ([x], { slope }) => slope === 0 ? `F.relu(${x})` : `F.leaky_relu(${x}, ${slope})`,
  sumRows: ([x]) => `${x}.sum(0, keepdim=True)`,
  sumColumns: ([x]) => `${x}.sum(1, keepdim=True)`,
  sumAll: ([x]) => `${x}.sum().reshape(1, 1)`,
  sliceColumns: ([x], { start, end }) => `${x}[:, ${start}:${end}]`,
  joinColumns: (parts) => `torch.cat([${parts.join(", ")}], 1)`,
  broadcast: ([x], _operation, shape, like) =>
    `${x}.expand(${shape.map((size) => sizeText(size, like)).join(", ")})`,
  // Whatever the batch, the other dimensions determine how many rows there are.
  reshape: ([x], _operation, shape) =>
    `${x}.reshape(${shape.map((size) => isBatch(size) ? -1 : size).join(", ")})`,
  patches: ([x], { window }) => `patches(${x}, ${windowText(window)})`,
  foldPatches: ([y], { window }) => `fold_patches(${y}, ${windowText(window)})`,
  sumRowGroups: ([x], { size }, shape) => `${x}.reshape(-1, ${size}, ${shape[1]}).sum(1)`,
  repeatRows: ([x], { times }) => `${x}.repeat_interleave(${times}, 0)`,
  oneHotOfMaximum: ([x], _operation, shape, like) =>
    `F.one_hot(${x}.argmax(1), ${shape[1]}).to(${like}.dtype)`,
  stopGradient: ([x]) => `${x}.detach()`,
};

/** The number of rows or columns of a value. */
function sizeText(size: Dimension, like: string): string {
  if (!isBatch(size)) return String(size);
  return size.batch === 1 ? `len(${like})` : `${size.batch} * len(${like})`;
}

function windowText({ height, width, kernel, stride, padding }: Window): string {
  const { left, right, top, bottom } = padding;
  return `${height}, ${width}, (${kernel.join(", ")}), (${stride.join(", ")}), ` +
    `(${left}, ${right}, ${top}, ${bottom})`;
}

/** The functions of Python that the code of a graph calls, by their names. */
export const GRAPH_FUNCTIONS: Readonly<Record<string, string>> = {
  patches: `
def patches(x, height, width, kernel, stride, padding):  # [n height width, c] to [n places, kernel c]
    maps = F.pad(x.reshape(-1, height, width, x.shape[1]).permute(0, 3, 1, 2), padding)
    places = F.unfold(maps, kernel, stride=stride)
    by_channel = places.reshape(len(places), x.shape[1], -1, places.shape[2])
    return by_channel.permute(0, 3, 2, 1).reshape(-1, places.shape[1])
`,
  fold_patches: `
def fold_patches(y, height, width, kernel, stride, padding):  # the adjoint of patches
    left, right, top, bottom = padding
    size = (height + top + bottom, width + left + right)
    down, across = ((a - k) // s + 1 for a, k, s in zip(size, kernel, stride))
    by_place = y.reshape(-1, down * across, kernel[0] * kernel[1], y.shape[1] // (kernel[0] * kernel[1]))
    places = by_place.permute(0, 3, 2, 1).reshape(len(by_place), y.shape[1], -1)
    maps = F.fold(places, size, kernel, stride=stride)[:, :, top:top + height, left:left + width]
    return maps.permute(0, 2, 3, 1).reshape(-1, maps.shape[1])
`,
};

/** The operations whose operands are arguments of a function, where they need no brackets. */
const CALLS: ReadonlySet<OperationKind> = new Set(
  [
    "tanh",
    "sigmoid",
    "exp",
    "log",
    "sqrt",
    "softplus",
    "relu",
    "joinColumns",
    "patches",
    "foldPatches",
  ] satisfies OperationKind[],
);

/** Expressions up to this length are written where they are used; longer ones get a name. */
const LONGEST = 60;

/** The lines of a graph so far. */
export interface PythonLines {
  /** A value as an expression; in brackets where it needs them, unless it is to be an argument. */
  textOf(value: Value, isArgument?: boolean): string;
  /** Gives an expression a name, in a line of its own. */
  named(text: string): string;
}

/**
 * A graph as lines of Python, and its outputs as expressions. Values that are used once are written where they are used.
 *
 * @param like A tensor with as many rows as there are samples, which also has the type and the device of new ones.
 * @param read How an input or a parameter is written: a name, a call or a member.
 */
export function pythonOf(
  graph: Graph,
  like: string,
  read: (value: Value, lines: PythonLines) => string,
): { readonly lines: readonly string[]; readonly outputs: ReadonlyMap<string, string> } {
  const lines: string[] = [], texts = new Map<Value, string>(), uses = usesIn(graph);
  const results = new Set(graph.outputs.values());
  const named = (text: string) => {
    const name = `v${lines.length + 1}`;
    lines.push(`${name} = ${text}`);
    return name;
  };
  const textOf = (value: Value, isArgument = false): string => {
    const { operation } = value;
    if (operation.kind === "constant") return `${like}.new_full((1, 1), ${operation.value})`;
    const text = texts.get(value)!, isLoose = operation.kind in INFIX && !isName(text);
    return isLoose && !isArgument ? `(${text})` : text;
  };
  for (const value of graph.values) {
    const { kind } = value.operation;
    if (kind === "constant" || !uses.has(value)) continue;
    const text = kind === "input" || kind === "parameter"
      ? read(value, { textOf, named })
      : written(value, textOf, like);
    const isInline = isName(text) ||
      (uses.get(value) === 1 && (text.length <= LONGEST || results.has(value)));
    texts.set(value, isInline ? text : named(text));
  }
  const outputs = [...graph.outputs].map(([name, value]): [string, string] => [name, textOf(value, true)]);
  return { lines, outputs: new Map(outputs) };
}

/** How often each value is read. */
function usesIn({ values, outputs }: Graph): ReadonlyMap<Value, number> {
  const uses = new Map<Value, number>();
  for (const value of [...values.flatMap(({ operands }) => operands), ...outputs.values()]) {
    uses.set(value, (uses.get(value) ?? 0) + 1);
  }
  return uses;
}

/** A value by its operands. A constant beside another operand is a number. */
function written(
  { operation, operands, shape }: Value,
  textOf: PythonLines["textOf"],
  like: string,
): string {
  const isBinary = operation.kind in INFIX || operation.kind === "greater";
  const texts = operands.map((operand, at) => {
    const isNumber = isBinary && operand.operation.kind === "constant" &&
      operands[1 - at].operation.kind !== "constant";
    return isNumber ? numberText(operand) : textOf(operand, CALLS.has(operation.kind));
  });
  // The compiler does not know that an operation goes with the writer of its own kind.
  const write = WRITERS[operation.kind as Computed] as Writer<Computed>;
  return write(texts, operation as OperationOf<Computed>, shape, like);
}

function numberText({ operation }: Value): string {
  const { value } = operation as OperationOf<"constant">;
  return value < 0 ? `(${value})` : `${value}`;
}

function isName(text: string): boolean {
  return /^\w+$/.test(text);
}
