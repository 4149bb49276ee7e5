// P = all parameters together; addresses and sizes in bytes, each block on a bound of 64.

/**
 * The memory of a program, planned once: parameters | slots | gradients | inputs, constants and outputs | values in between |
 * scratch and settings | order | samples and their scale. Values in between share places when their lifetimes do not overlap.
 *
 * @module
 */
import { receivedLength } from "../../core/collective.ts";
import { bytesOfKind, type ValueKind } from "../../core/shape.ts";
import { type Graph, parameterCount, sizeOf, type Value, viewed } from "../../graph/graph.ts";
import type { PartOptions, ProgramOptions } from "../engine.ts";
import { branchesOf } from "../parts/branches.ts";
import { summedOutputs } from "../parts/summed_outputs.ts";
import { type Instruction, operandsOf, resultsOf } from "./instructions.ts";
import { patchesBytes } from "./blocks.ts";
import { MOST_SETTINGS, SCRATCH_BYTES } from "./kernels.ts";

/** The addresses of all blocks. */
export interface WasmPlan {
  /** At most how many samples a batch (or each of its parts) has. */
  readonly capacity: number;
  /** Rows of the inputs from the first row of one part to that of the next; without parts, the capacity. */
  readonly partRows: number;
  /** Rows of all inputs. */
  readonly inputRows: number;
  /** The address of each value that has one. */
  readonly places: ReadonlyMap<Value, number>;
  /** The bytes of parameters and slots together, on memory pages of their own; 0: they have none. */
  readonly stateBytes: number;
  /** Gradients that no kernel could write in place: `from` is copied to `to` after each run. */
  readonly copies: readonly { readonly from: number; readonly to: number; readonly bytes: number }[];
  readonly parameters: number;
  readonly gradients: number;
  /** Numbers of the block of gradients: in parts, the outputs of one number and the flag follow the gradients. */
  readonly summed: number;
  /** Further blocks for sums over parts. */
  readonly sums: readonly number[];
  /** Where the blocks of other processes are received. */
  readonly received: number;
  readonly slots: readonly number[];
  readonly scratch: number;
  /** A block of patches. */
  readonly patches: number;
  /** The factors of the kernel that is about to run. */
  readonly settings: number;
  /** 8 zeros: the initial row of a product without a bias. */
  readonly zeros: number;
  readonly order: number;
  readonly samples: number;
  readonly targets: number;
  /** The numbers of the samples' scale, each for every value of a sample. */
  readonly shift: number;
  readonly divisor: number;
  /** Memory for what the caller of {@link plan} places there. */
  readonly extra: number;
  /** The whole memory, with a margin that kernels may read beyond a block's end. */
  readonly bytes: number;
}

/** What lowerings need of a plan. */
export type Places = Pick<WasmPlan, "capacity" | "places" | "scratch" | "patches" | "zeros">;

const BOUND = 64;

/** The pages of a processor have 4 to 64 KiB. */
const PAGE_BYTES = 65_536;

/** Below this address the kernels keep their constants. */
export const FIRST = 1024;

/** Rounds a size up to the bound on which blocks begin. */
function rounded(bytes: number): number {
  return Math.ceil(bytes / BOUND) * BOUND;
}

/** The bytes of the pages that a block takes. */
function wholePages(bytes: number): number {
  return Math.ceil(bytes / PAGE_BYTES) * PAGE_BYTES;
}

/** Blocks of a memory, one behind the other. */
interface Blocks {
  /** The address of a new block. */
  block(bytes: number): number;
  /** The address of a new block with memory pages of its own. */
  pages(bytes: number): number;
  /** The first free address. */
  end(): number;
}

function blocksFrom(first: number): Blocks {
  let end = first;
  function block(bytes: number): number {
    const start = end;
    end += rounded(bytes);
    return start;
  }
  function pages(bytes: number): number {
    end = wholePages(end);
    return block(wholePages(bytes));
  }
  return { block, pages, end: () => end };
}

/** How a memory is planned. */
export interface PlanOptions {
  /** Values with places of their own, like outputs. @default {none} */
  readonly boundary?: readonly Value[];
  /** The first address. @default {FIRST} */
  readonly from?: number;
  /** Bytes for other things. @default {0} */
  readonly extra?: number;
}

/** Plans the memory of a fused graph. */
export function plan(
  graph: Graph,
  instructions: readonly Instruction[],
  options: ProgramOptions,
  { boundary = [], from = FIRST, extra = 0 }: PlanOptions = {},
): WasmPlan {
  const { capacity, rule, samples, orderLength = capacity, parts } = options;
  const blocks = blocksFrom(from), { block, pages, end } = blocks, all = 4 * parameterCount(graph);
  const gradients = graph.gradients.length === 0 ? 0 : parameterCount(graph);
  const inParts = parts === undefined ? undefined : summedBlock(graph, gradients, parts);
  const summed = inParts?.length ?? gradients;
  const hasPages = (parts?.processes ?? 1) > 1, state = rounded(all) * (1 + (rule?.slots ?? 0));
  const parameters = hasPages ? pages(state) : block(state);
  const held = {
    parameters,
    stateBytes: hasPages ? wholePages(state) : 0,
    slots: Array.from({ length: rule?.slots ?? 0 }, (_, slot) => parameters + rounded(all) * (1 + slot)),
    gradients: hasPages ? pages(4 * summed) : block(4 * summed),
  };
  const partRows = parts === undefined ? capacity : Math.ceil(capacity / ALIGNED_ROWS) * ALIGNED_ROWS;
  const inputRows = partRows * (parts?.count ?? 1);
  const values = placeValues(graph, instructions, {
    ...held,
    capacity: inputRows,
    boundary,
    blocks,
    scalars: inParts?.scalars,
  });
  const bytesOf = (kind?: ValueKind) =>
    samples === undefined || kind === undefined ? 0 : samples.capacity * samples.size * bytesOfKind(kind);
  const scale = samples?.scale === undefined ? 0 : 4 * samples.size;
  return {
    capacity,
    partRows,
    inputRows,
    summed,
    ...held,
    ...values,
    sums: Array.from({ length: inParts?.sums ?? 0 }, () => block(4 * summed)),
    received: block(4 * receivedLength(summed, parts?.processes ?? 1)),
    scratch: block(SCRATCH_BYTES),
    patches: block(patchesBytes(instructions, capacity)),
    settings: block(4 * MOST_SETTINGS),
    zeros: block(BOUND),
    order: block(4 * orderLength),
    samples: block(bytesOf(samples?.kind)),
    targets: block(bytesOf(samples?.targets)),
    shift: block(scale),
    divisor: block(scale),
    extra: block(extra),
    bytes: end() + BOUND,
  };
}

/** So many rows of any number of columns end on a bound, so that each part begins on one: what is computed of it has the same bits. */
const ALIGNED_ROWS = 16;

/** The block that is summed over parts: gradients, rounded up to whole vectors, outputs of one number, and the flag. */
function summedBlock(
  graph: Graph,
  gradients: number,
  { count }: PartOptions,
): { length: number; sums: number; scalars: ReadonlyMap<Value, number> } {
  const first = (gradients + 3) & ~3, names = summedOutputs(graph);
  const scalars = new Map(names.map(([name], at) => [viewed(graph.outputs.get(name)!), 4 * (first + at)]));
  return { length: first + names.length + 1, sums: branchesOf(count).blocks - 1, scalars };
}

/** Places the values of a graph: parameters and gradients in their blocks, all others in blocks of their own or in between. */
function placeValues(
  graph: Graph,
  instructions: readonly Instruction[],
  { parameters, gradients, capacity, boundary, scalars, blocks: { block, end } }: {
    readonly parameters: number;
    readonly gradients: number;
    readonly capacity: number;
    readonly boundary: readonly Value[];
    /** The places of outputs behind the gradients. @default {they have none} */
    readonly scalars?: ReadonlyMap<Value, number>;
    readonly blocks: Blocks;
  },
): Pick<WasmPlan, "places" | "copies"> {
  const size = (value: Value) => 4 * sizeOf(value.shape, capacity);
  const places = new Map<Value, number>(), copies: { from: number; to: number; bytes: number }[] = [];
  lineUp(graph.parameters, parameters, (parameter, place) => places.set(parameter, place));
  for (const value of graph.values) {
    const { kind } = value.operation;
    if (kind === "input" || kind === "constant") places.set(value, block(size(value)));
  }
  scalars?.forEach((offset, value) => places.set(value, gradients + offset));
  for (const value of [...graph.outputs.values(), ...boundary].map(viewed)) {
    if (!places.has(value)) places.set(value, block(size(value)));
  }
  lineUp(graph.gradients.map(viewed), gradients, (gradient, place) => {
    const other = places.get(gradient);
    if (other === undefined) places.set(gradient, place);
    else copies.push({ from: other, to: place, bytes: size(gradient) });
  });
  block(placeBetween(instructions, places, size, end()));
  placeViews(graph.values, places);
  return { places, copies };
}

/** A part of a graph that one thread computes, with memory of its own for the values in between. */
export interface PartPlan extends Places {
  readonly instructions: readonly Instruction[];
  /** Values that are placed in the whole plan, in memory that all threads share. */
  readonly shared: ReadonlySet<Value>;
  /** The first address behind its memory. */
  readonly end: number;
}

/** Plans a part of a planned graph; its values have the ids of the graph's. */
export function planPart(
  { values }: Graph,
  instructions: readonly Instruction[],
  { base, capacity, from }: { readonly base: WasmPlan; readonly capacity: number; readonly from: number },
): PartPlan {
  const { block, end } = blocksFrom(from),
    addresses = new Map([...base.places].map(([{ id }, at]) => [id, at]));
  const places = new Map<Value, number>();
  for (const value of values) {
    const address = addresses.get(viewed(value).id);
    if (address !== undefined) places.set(viewed(value), address);
  }
  const scratch = block(SCRATCH_BYTES), patches = block(patchesBytes(instructions, capacity));
  block(placeBetween(instructions, places, (value) => 4 * sizeOf(value.shape, capacity), end()));
  placeViews(values, places);
  const shared = new Set(values.filter((value) => addresses.has(viewed(value).id)));
  return { instructions, capacity, places, shared, scratch, patches, zeros: base.zeros, end: end() };
}

/** A view is where its source is. */
function placeViews(values: readonly Value[], places: Map<Value, number>): void {
  for (const value of values) {
    const place = places.get(viewed(value));
    if (place !== undefined) places.set(value, place);
  }
}

/** Places parameters (or gradients), one directly after the other. */
function lineUp(values: readonly Value[], start: number, place: (value: Value, at: number) => void): void {
  values.forEach((value) => {
    place(value, start);
    start += 4 * sizeOf(value.shape, 1);
  });
}

/** Places the values in between, each in the first gap that is free during its lifetime; returns their bytes together. */
function placeBetween(
  instructions: readonly Instruction[],
  places: Map<Value, number>,
  size: (value: Value) => number,
  start: number,
): number {
  const lastUse = new Map<Value, number>();
  instructions.forEach((instruction, step) =>
    operandsOf(instruction).forEach((value) => lastUse.set(viewed(value), step))
  );
  let living: { from: number; to: number; until: number }[] = [];
  let most = 0;
  const place = (value: Value, step: number) => {
    if (places.has(value)) return;
    const bytes = rounded(size(value));
    let from = 0;
    for (const other of living) {
      if (other.from - from >= bytes) break;
      from = Math.max(from, other.to);
    }
    living.push({ from, to: from + bytes, until: lastUse.get(value) ?? step });
    living.sort((left, right) => left.from - right.from);
    places.set(value, start + from);
    most = Math.max(most, from + bytes);
  };
  instructions.forEach((instruction, step) => {
    living = living.filter(({ until }) => until >= step);
    resultsOf(instruction).forEach((value) => place(value, step));
  });
  return most;
}
