// The level of a value: how many operations that are not elementwise lie on the longest way to it. Elementwise operations of one level can
// be computed together, as nothing else has to be computed between them.

/**
 * Joins elementwise operations of one size into groups. A group goes through its numbers once, so that what only it reads stays in registers
 * and has no place in memory. Cheap values of an earlier group are computed again instead of being kept until then: a backward pass would
 * otherwise keep each step of an activation.
 *
 * Each number is made by the same operations from the same numbers as without groups, so the results have the same bits.
 *
 * @module
 */
import {
  type BinaryKind,
  type Graph,
  isBatch,
  sameShape,
  type UnaryKind,
  type Value,
  viewed,
} from "../../graph/graph.ts";
import {
  type ElementwiseInstruction,
  type GroupInstruction,
  type Instruction,
  operandsOf,
  resultsOf,
  type SingleInstruction,
} from "./instructions.ts";

/** The elementwise operations, and whether one costs no more than reading its result. */
const ELEMENTWISE: Readonly<Record<BinaryKind | UnaryKind | "relu", { readonly isCheap: boolean }>> = {
  add: { isCheap: true },
  subtract: { isCheap: true },
  multiply: { isCheap: true },
  greater: { isCheap: true },
  relu: { isCheap: true },
  divide: { isCheap: false },
  tanh: { isCheap: false },
  sigmoid: { isCheap: false },
  exp: { isCheap: false },
  log: { isCheap: false },
  sqrt: { isCheap: false },
  softplus: { isCheap: false },
};

/** The most operations of a group: with many more, its values would go through memory as without it. */
const MOST_STEPS = 64;

/** Elementwise operations of one level and one size that depend on each other. */
interface Region {
  readonly level: number;
  /** Numbers of each value; -k: k for each sample. */
  readonly size: number;
  readonly members: Map<Value, ElementwiseInstruction>;
}

/** The regions of those values that have one. */
type Regions = ReadonlyMap<Value, Region>;

/** Joins elementwise operations; `instructions`: all of a graph, in the order of their values. */
export function grouped(graph: Graph, instructions: readonly SingleInstruction[]): Instruction[] {
  const regions = regionsOf(instructions);
  const needed = new Set([...graph.outputs.values(), ...graph.gradients].map(viewed));
  const need = (instruction: Instruction) =>
    operandsOf(instruction).forEach((value) => needed.add(viewed(value)));
  instructions.filter(({ value }) => !regions.has(value)).forEach(need);
  const made = new Map<Region, readonly Instruction[]>();
  // Readers before what they read: on one level, only single numbers are read by other regions.
  const isNumber = ({ size }: Region) => size === 1 ? 1 : 0;
  const readersFirst = [...new Set(regions.values())].sort((a, b) =>
    b.level - a.level || isNumber(a) - isNumber(b)
  );
  for (const region of readersFirst) {
    const group = groupOf(region, regions, needed);
    group.forEach(need);
    made.set(region, group);
  }
  return inOrder(instructions, regions, made);
}

/** The regions of a graph's elementwise operations. */
function regionsOf(instructions: readonly SingleInstruction[]): Regions {
  const levels = new Map<Value, number>(), regions = new Map<Value, Region>();
  for (const instruction of instructions) {
    const { value } = instruction, operands = operandsOf(instruction).map(viewed);
    const highest = Math.max(0, ...operands.map((operand) => levels.get(operand) ?? 0));
    if (!isElementwise(instruction)) {
      levels.set(value, highest + 1);
      continue;
    }
    levels.set(value, highest);
    const size = sizeOfEach(value);
    const before = new Set(
      operands.map((operand) => regions.get(operand)).filter((region) => region !== undefined),
    );
    const joined = [...before].filter((region) => region.level === highest && region.size === size);
    const region: Region = joined[0] ?? { level: highest, size, members: new Map() };
    for (const other of joined.slice(1)) {
      other.members.forEach((member, each) => {
        region.members.set(each, member);
        regions.set(each, region);
      });
    }
    region.members.set(value, instruction);
    regions.set(value, region);
  }
  return regions;
}

/** Whether each number of the result depends on the numbers at the same place, and on single numbers. */
function isElementwise(instruction: SingleInstruction): instruction is ElementwiseInstruction {
  const { kind, value } = instruction, { shape, operation } = value;
  if (kind === "product" || isBatch(shape[1])) return false;
  if (kind === "plain" && !(operation.kind in ELEMENTWISE)) return false;
  return operandsOf(instruction).every((operand) => sameShape(operand.shape, shape) || isOneNumber(operand));
}

function isCheap({ operation: { kind } }: Value): boolean {
  return ELEMENTWISE[kind as keyof typeof ELEMENTWISE].isCheap;
}

function isOneNumber({ shape }: Value): boolean {
  return sameShape(shape, [1, 1]);
}

function sizeOfEach({ shape: [rows, columns] }: Value): number {
  return (isBatch(rows) ? -rows.batch : rows) * (columns as number);
}

/** The operations of a region, and those of earlier ones that it computes again, as a group; one by one where they are too many. */
function groupOf(region: Region, regions: Regions, needed: ReadonlySet<Value>): readonly Instruction[] {
  const own = stepsFor(
    [...region.members.keys()].filter((value) => needed.has(value)),
    (value) => region.members.get(value),
  );
  const again = recomputed(region, own, regions, needed);
  const all = [...own.values(), ...again.values()].sort((left, right) => left.value.id - right.value.id);
  if (all.length > MOST_STEPS) return [...region.members.values()];
  if (all.length < 2) return all;
  const results = [...own.keys()].filter((value) => needed.has(value)).sort((left, right) =>
    left.id - right.id
  );
  return [{ kind: "group", value: results.at(-1)!, steps: all, results } satisfies GroupInstruction];
}

/** The steps that some values need, as far as `stepOf` has them. */
function stepsFor(
  values: readonly Value[],
  stepOf: (value: Value) => ElementwiseInstruction | undefined,
): Map<Value, ElementwiseInstruction> {
  const steps = new Map<Value, ElementwiseInstruction>();
  const visit = (value: Value): void => {
    const step = steps.has(value) ? undefined : stepOf(value);
    if (step === undefined) return;
    steps.set(value, step);
    operandsOf(step).map(viewed).forEach(visit);
  };
  values.forEach(visit);
  return steps;
}

/** The cheap values of earlier regions that a region computes again: those that need at most one more value kept in their place. */
function recomputed(
  { size }: Region,
  own: ReadonlyMap<Value, ElementwiseInstruction>,
  regions: Regions,
  needed: ReadonlySet<Value>,
): Map<Value, ElementwiseInstruction> {
  const cheapStep = (value: Value) => {
    const region = regions.get(value);
    if (region?.size !== size || needed.has(value)) return undefined;
    const step = region.members.get(value)!;
    return step.kind === "plain" && isCheap(value) ? step : undefined;
  };
  const read = new Set([...own.values()].flatMap(operandsOf).map(viewed).filter((value) => !own.has(value)));
  const candidates = [...read].filter((value) => cheapStep(value) !== undefined);
  const kept = new Set([...read].filter((value) => cheapStep(value) === undefined));
  const again = new Map<Value, ElementwiseInstruction>();
  for (const candidate of candidates) {
    const steps = stepsFor([candidate], cheapStep);
    const sources = [...steps.values()].flatMap(operandsOf).map(viewed)
      .filter((value) => !steps.has(value) && !isOneNumber(value));
    const more = new Set(sources.filter((value) => !kept.has(value)));
    if (more.size > 1) {
      kept.add(candidate);
      continue;
    }
    more.forEach((value) => kept.add(value));
    steps.forEach((step, value) => again.set(value, step));
  }
  return again;
}

/** All instructions, each behind those whose results it reads; a group stands where the last operation of its region stood. */
function inOrder(
  instructions: readonly SingleInstruction[],
  regions: Regions,
  made: ReadonlyMap<Region, readonly Instruction[]>,
): Instruction[] {
  const makers = new Map<Value, Instruction>();
  const all = [...instructions.filter(({ value }) => !regions.has(value)), ...[...made.values()].flat()];
  for (const instruction of all) resultsOf(instruction).forEach((value) => makers.set(value, instruction));
  const found = new Set<Instruction>();
  const visit = (instruction: Instruction | undefined): void => {
    if (instruction === undefined || found.has(instruction)) return;
    operandsOf(instruction).forEach((value) => visit(makers.get(viewed(value))));
    found.add(instruction);
  };
  const last = new Map([...regions].map(([value, region]): [Region, Value] => [region, value]));
  for (const instruction of instructions) {
    const { value } = instruction, region = regions.get(value);
    if (region === undefined) visit(instruction);
    else if (last.get(region) === value) made.get(region)!.forEach(visit);
  }
  return [...found];
}
