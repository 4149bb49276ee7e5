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
  const { before, inLoop, locals, vectors } = bodyOf(group, plan);
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
        inLoop,
        results.flatMap(storeAll),
        [...CODE.get(AT), ...CODE.integer(16), ...CODE.addIntegers, ...CODE.set(AT), ...CODE.branch(0)],
      )),
      ...lanes,
      ...CODE.when(inLoop, results.flatMap(storeSome)),
    ],
    vectors: vectors(),
  };
}

/** A function's code as it is written. */
interface Writer {
  /** What is computed once, and what for each four numbers. */
  readonly before: number[];
  readonly inLoop: number[];
  /** The local of each value. */
  readonly locals: Map<Value, number>;
  /** A new local vector. */
  newLocal(): number;
  /** Code that reads a number from a local that has it four times. */
  number(value: number): Code;
  /** How many locals there are. */
  vectors(): number;
}

function writer(): Writer {
  const before: number[] = [], numbers = new Map<number, number>();
  let vectors = 0;
  const newLocal = () => FIRST_VECTOR + vectors++;
  return {
    before,
    inLoop: [],
    locals: new Map(),
    newLocal,
    number(value) {
      let local = numbers.get(value);
      if (local === undefined) {
        numbers.set(value, local = newLocal());
        before.push(...CODE.number(value), ...CODE.set(local));
      }
      return CODE.get(local);
    },
    vectors: () => vectors,
  };
}

/** The code of all steps; their results and what they read are in locals. */
function bodyOf({ steps }: GroupInstruction, plan: Places): Writer {
  const code = writer(), { before, inLoop, locals } = code;
  for (const step of steps) {
    for (const operand of operandsOf(step)) {
      const value = viewed(operand);
      if (locals.has(value)) continue;
      const address = addressOf(plan, value), local = code.newLocal();
      locals.set(value, local);
      if (sameShape(operand.shape, step.value.shape)) {
        inLoop.push(...CODE.get(AT), ...CODE.load(address), ...CODE.set(local));
      } else {
        before.push(...CODE.integer(0), ...CODE.loadOne(address), ...CODE.set(local));
      }
    }
    const result = code.newLocal();
    const operands = operandsOf(step).map((operand) => CODE.get(locals.get(viewed(operand))!));
    inLoop.push(...codeOfStep(step, operands, code), ...CODE.set(result));
    locals.set(step.value, result);
  }
  return code;
}

function codeOfStep(step: ElementwiseInstruction, [a, b]: readonly Code[], code: Writer): Code {
  if (step.kind === "derivative") return DERIVATIVES[step.derivative.kind](a, b, step.derivative.slope, code);
  const { operation } = step.value;
  if (operation.kind === "relu") {
    return scaledBelowZero(a, a, (operation as OperationOf<"relu">).slope, code);
  }
  return b === undefined
    ? UNARY_CODE[operation.kind as UnaryKind](a, code)
    : BINARY_CODE[operation.kind as BinaryKind](a, b, code);
}

const UNARY_CODE: Readonly<Record<UnaryKind, (x: Code, code: Writer) => Code>> = {
  tanh: tanhCode,
  sigmoid: imported("sigmoid4"),
  exp: imported("exp4"),
  log: imported("log4"),
  softplus: imported("softplus4"),
  sqrt: (x) => [...x, ...CODE.sqrt],
};

function imported(name: typeof VECTOR_FUNCTIONS[number]): (x: Code) => Code {
  return (x) => [...x, ...CODE.call(VECTOR_FUNCTIONS.indexOf(name))];
}

/**
 * `tanh(x)` as the kernels compute it (`tanh4` in ../kernels/math.ts), written out: around a call, all that is in registers would be stored
 * and loaded again, and each gelu has a tanh.
 */
function tanhCode(value: Code, code: Writer): Code {
  const x = code.newLocal(), z = code.newLocal();
  const horner = ([first, ...others]: readonly number[]): Code =>
    others.reduce<Code>(
      (sum, next) => [...sum, ...CODE.get(z), ...code.number(next), ...CODE.multiplyAdd],
      code.number(first),
    );
  return [
    ...[...value, ...code.number(9), ...CODE.leastOf, ...code.number(-9), ...CODE.mostOf, ...CODE.set(x)],
    ...[...CODE.get(x), ...CODE.get(x), ...CODE.multiply, ...CODE.set(z)],
    ...[...horner(TANH_NUMERATOR), ...CODE.get(x), ...CODE.multiply],
    ...[...horner(TANH_DENOMINATOR), ...CODE.divide],
  ];
}

const TANH_NUMERATOR = [
  -2.76076847742355e-16,
  2.00018790482477e-13,
  -8.60467152213735e-11,
  5.12229709037114e-08,
  1.48572235717979e-05,
  6.37261928875436e-04,
  4.89352455891786e-03,
];
const TANH_DENOMINATOR = [
  1.19825839466702e-06,
  1.18534705686654e-04,
  2.26843463243900e-03,
  4.89352518554385e-03,
];

const BINARY_CODE: Readonly<Record<BinaryKind, (a: Code, b: Code, code: Writer) => Code>> = {
  add: (a, b) => [...a, ...b, ...CODE.add],
  subtract: (a, b) => [...a, ...b, ...CODE.subtract],
  multiply: (a, b) => [...a, ...b, ...CODE.multiply],
  divide: (a, b) => [...a, ...b, ...CODE.divide],
  greater: (a, b, code) => [...a, ...b, ...CODE.greater, ...code.number(1), ...CODE.and],
};

/** `a y'`, by the result y of an activation. */
const DERIVATIVES: Readonly<
  Record<DerivativeKind, (a: Code, y: Code, slope: number, code: Writer) => Code>
> = {
  tanhGradient: (a, y, _slope, code) => [...a, ...code.number(1), ...squareTaken(y)],
  sigmoidGradient: (a, y) => [...a, ...y, ...squareTaken(y)],
  reluGradient: scaledBelowZero,
};

/** Takes `y y` from what lies on the stack, and multiplies what lies below by it. */
function squareTaken(y: Code): Code {
  return [...y, ...y, ...CODE.multiply, ...CODE.subtract, ...CODE.multiply];
}

/** `a` where `y > 0`, else `slope a`. */
function scaledBelowZero(a: Code, y: Code, slope: number, code: Writer): Code {
  return [
    ...[...a, ...a, ...code.number(slope), ...CODE.multiply],
    ...[...y, ...code.number(0), ...CODE.greater, ...CODE.select],
  ];
}
