// at = bytes before the four numbers that are computed, of each value.

/**
 * Lowers groups of elementwise operations. Each becomes a WebAssembly function, written here, that goes through the numbers once and does all
 * operations on four at a time in registers, by the instructions of the kernels `unary` and `binary`.
 *
 * @module
 */
import {
  type BinaryKind,
  type OperationOf,
  sameShape,
  type UnaryKind,
  type Value,
  viewed,
} from "../../graph/graph.ts";
import { type ElementwiseInstruction, type GroupInstruction, operandsOf } from "./instructions.ts";
import { type DerivativeKind, type Kernels, VECTOR_FUNCTIONS } from "./kernels.ts";
import { addressOf, type Call, extent, fixed } from "./lowering.ts";
import type { Places } from "./plan.ts";
import { CODE, type Code, moduleOf, type ModuleSource, TYPE } from "./wasm_code.ts";

/** The locals of a group's function before its vectors. */
const COUNT = 0, END = 1, AT = 2, FIRST_VECTOR = 3;

/** What it imports: functions of a vector, then the one that stores some lanes of one. */
const IMPORTS: ModuleSource["imports"] = [
  ...VECTOR_FUNCTIONS.map((name) => ({ name, parameters: [TYPE.v128], results: [TYPE.v128] })),
  { name: "storeLanes", parameters: [TYPE.i32, TYPE.v128, TYPE.i32], results: [] },
];

/** Lowers a group. */
export function lowerGroup(group: GroupInstruction, kernels: Kernels, plan: Places): Call {
  const { shape } = group.value, height = fixed(shape[0]), width = fixed(shape[1]);
  const run = functionOf(group, kernels, plan);
  return (rows) => run(extent(height, rows) * extent(width, rows));
}

/** Compiles a group; the function takes how many numbers each value has. */
function functionOf(group: GroupInstruction, kernels: Kernels, plan: Places): (count: number) => void {
  const { code, vectors } = codeOf(group, plan);
  const isShared = kernels.memory.buffer instanceof SharedArrayBuffer;
  const bytes = moduleOf({
    isShared,
    imports: IMPORTS,
    signature: { parameters: [TYPE.i32], results: [] },
    locals: [TYPE.i32, TYPE.i32, ...Array.from({ length: vectors }, () => TYPE.v128)],
    body: code,
  });
  const instance = new WebAssembly.Instance(new WebAssembly.Module(bytes), {
    env: kernels as unknown as WebAssembly.ModuleImports,
  });
  return instance.exports.run as (count: number) => void;
}

/** The code of a group's function, and how many vectors it has. */
function codeOf(group: GroupInstruction, plan: Places): { code: Code; vectors: number } {
  const { before, steps, locals } = bodyOf(group, plan);
  const storeAll = (value: Value): Code => [
    ...CODE.get(AT),
    ...CODE.get(locals.get(value)!),
    ...CODE.store(addressOf(plan, value)),
  ];
  const lanes = [...CODE.get(COUNT), ...CODE.integer(3), ...CODE.andIntegers];
  const storeSome = (value: Value): Code => [
    ...[...CODE.get(AT), ...CODE.integer(addressOf(plan, value)), ...CODE.addIntegers],
    ...[...CODE.get(locals.get(value)!), ...lanes],
    ...CODE.call(IMPORTS.length - 1),
  ];
  const results = group.results;
  return {
    code: [
      ...before,
      ...[...CODE.get(COUNT), ...CODE.integer(~3), ...CODE.andIntegers],
      ...[...CODE.integer(2), ...CODE.shiftLeft, ...CODE.set(END)],
      ...CODE.block(CODE.loop(
        [...CODE.get(AT), ...CODE.get(END), ...CODE.atLeast, ...CODE.branchIf(1)],
        steps,
        results.flatMap(storeAll),
        [...CODE.get(AT), ...CODE.integer(16), ...CODE.addIntegers, ...CODE.set(AT), ...CODE.branch(0)],
      )),
      ...lanes,
      ...CODE.when(steps, results.flatMap(storeSome)),
    ],
    vectors: locals.size,
  };
}

/** The code before the loop and in it; all steps and what they read are in locals. */
function bodyOf(
  { steps }: GroupInstruction,
  plan: Places,
): { before: Code; steps: Code; locals: ReadonlyMap<Value, number> } {
  const locals = new Map<Value, number>(), before: number[] = [], inLoop: number[] = [];
  const newLocal = (value: Value) => {
    locals.set(value, FIRST_VECTOR + locals.size);
    return locals.get(value)!;
  };
  for (const step of steps) {
    for (const operand of operandsOf(step)) {
      const value = viewed(operand);
      if (locals.has(value)) continue;
      const address = addressOf(plan, value), local = newLocal(value);
      if (sameShape(operand.shape, step.value.shape)) {
        inLoop.push(...CODE.get(AT), ...CODE.load(address), ...CODE.set(local));
      } else {
        before.push(...CODE.integer(0), ...CODE.loadOne(address), ...CODE.set(local));
      }
    }
    const operands = operandsOf(step).map((operand) => CODE.get(locals.get(viewed(operand))!));
    inLoop.push(...codeOfStep(step, operands), ...CODE.set(newLocal(step.value)));
  }
  return { before, steps: inLoop, locals };
}

function codeOfStep(step: ElementwiseInstruction, [a, b]: readonly Code[]): Code {
  if (step.kind === "derivative") return DERIVATIVES[step.derivative.kind](a, b, step.derivative.slope);
  const { operation } = step.value;
  if (operation.kind === "relu") return scaledBelowZero(a, a, (operation as OperationOf<"relu">).slope);
  return b === undefined
    ? [...a, ...UNARY_CODE[operation.kind as UnaryKind]]
    : [...a, ...b, ...BINARY_CODE[operation.kind as BinaryKind]];
}

const imported = (name: typeof VECTOR_FUNCTIONS[number]) => CODE.call(VECTOR_FUNCTIONS.indexOf(name));

const UNARY_CODE: Readonly<Record<UnaryKind, Code>> = {
  tanh: imported("tanh4"),
  sigmoid: imported("sigmoid4"),
  exp: imported("exp4"),
  log: imported("log4"),
  softplus: imported("softplus4"),
  sqrt: CODE.sqrt,
};

const BINARY_CODE: Readonly<Record<BinaryKind, Code>> = {
  add: CODE.add,
  subtract: CODE.subtract,
  multiply: CODE.multiply,
  divide: CODE.divide,
  greater: [...CODE.greater, ...CODE.number(1), ...CODE.and],
};

/** `a y'`, by the result y of an activation. */
const DERIVATIVES: Readonly<Record<DerivativeKind, (a: Code, y: Code, slope: number) => Code>> = {
  tanhGradient: (a, y) => [...a, ...CODE.number(1), ...squareTaken(y)],
  sigmoidGradient: (a, y) => [...a, ...y, ...squareTaken(y)],
  reluGradient: scaledBelowZero,
};

/** Takes `y y` from what lies on the stack, and multiplies what lies below by it. */
function squareTaken(y: Code): Code {
  return [...y, ...y, ...CODE.multiply, ...CODE.subtract, ...CODE.multiply];
}

/** `a` where `y > 0`, else `slope a`. */
function scaledBelowZero(a: Code, y: Code, slope: number): Code {
  return [
    ...a,
    ...a,
    ...CODE.number(slope),
    ...CODE.multiply,
    ...y,
    ...CODE.number(0),
    ...CODE.greater,
    ...CODE.select,
  ];
}
