/**
 * A graph compiled for the kernels: its memory, its calls in order, and the views of what the caller fills and reads.
 *
 * @module
 */
import { receivedLength, type UpdateRange } from "../../core/collective.ts";
import { messageOf } from "../../core/errors.ts";
import type { DrawKey } from "../../core/random.ts";
import { type Graph, parameterCount, sizeOf, type Value } from "../../graph/graph.ts";
import { compiledRule } from "../compiled_rule.ts";
import type { Corruption, PartOptions, Program, ProgramOptions, SummedParts } from "../engine.ts";
import { type CallCounter, callCounter } from "./calls.ts";
import { checkOrder, checkRows } from "./checks.ts";
import { find } from "../find.ts";
import { drawer } from "./draws.ts";
import { fuse } from "./fuse.ts";
import { type Instruction, nameOfKernel } from "./instructions.ts";
import { gatherers, placeSamples } from "./gather.ts";
import { DRAW, instantiate, type Kernels, MOST_SETTINGS } from "./kernels.ts";
import { lower, lowerCopy } from "./lower.ts";
import { kernelParts } from "./kernel_parts.ts";
import { addNumbers } from "./part_steps.ts";
import type { ProgramMemory, Steps } from "./program_memory.ts";
import { plan, type PlanOptions, type WasmPlan } from "./plan.ts";
import { planRule, ruleUpdate } from "./rule_update.ts";
import { type FusedUpdate, fusedUpdate, type KernelUpdate, update } from "./update.ts";

const PAGE = 65536;
const MOST_PAGES = 65536;

/** Compiles a graph on an instance of the kernels with a memory of its own. */
export function compile(module: WebAssembly.Module, graph: Graph, options: ProgramOptions): Program {
  if (options.parts !== undefined) {
    const { extra, steps } = kernelParts(graph, options, options.parts.count);
    return programOf(module, graph, [], options, steps, { extra });
  }
  const instructions = fuse(graph);
  return programOf(module, graph, instructions, options, ({ kernels, layout }) => ({
    steps: [
      ...instructions.map((instruction) => lower(instruction, kernels, layout)),
      ...layout.copies.map((copy) => lowerCopy(copy, kernels)),
    ],
    names: [...instructions.map(nameOfKernel), ...layout.copies.map(() => "copy")],
  }));
}

/**
 * A program with a memory of its own, in which the values that `instructions` compute have places. The kernels do the work around a run
 * (gathering, draws, updates); the run itself calls the steps of `makeSteps`.
 */
export function programOf(
  module: WebAssembly.Module,
  graph: Graph,
  instructions: readonly Instruction[],
  options: ProgramOptions,
  makeSteps: (programMemory: ProgramMemory) => Steps,
  { isShared = false, boundary, extra }: { isShared?: boolean } & PlanOptions = {},
): Program {
  const { orderLength = options.capacity } = options;
  const layout = plan(graph, instructions, options, { boundary, extra }), counter = callCounter();
  const fused = options.rule && fusedUpdate(options.rule);
  const own = options.rule !== undefined && fused === undefined
    ? planRule(options.rule, layout.bytes)
    : undefined;
  const bytes = own?.bytes ?? layout.bytes;
  const { memory, buffer, kernels } = allocate(module, bytes, isShared);
  const floats = (address: number, length: number) => new Float32Array(buffer, address, length);
  const order = new Uint32Array(buffer, layout.order, orderLength);
  order.forEach((_, row) => order[row] = row);
  for (const value of graph.values) {
    if (value.operation.kind === "constant") floats(layout.places.get(value)!, 1)[0] = value.operation.value;
  }
  const views = (values: ReadonlyMap<string, Value>) =>
    new Map([...values].map(([name, value]): [string, MemoryView] => {
      const address = layout.places.get(value)!;
      const view = floats(address, sizeOf(value.shape, layout.inputRows));
      return [name, { address, columns: value.shape[1] as number, view }];
    }));
  const count = parameterCount(graph), length = (count + 3) & ~3;
  return assemble({
    kernels,
    layout,
    options,
    order,
    ...placeSamples(options, layout, buffer),
    settings: floats(layout.settings, MOST_SETTINGS),
    counter,
    length,
    bytes,
    fused,
    byRule: own && ruleUpdate(options.rule!, count, { kernels, layout, own, buffer }),
    ...makeSteps({ module, memory, kernels, layout, buffer, counter, length }),
    inputs: views(graph.inputs),
    outputs: views(graph.outputs),
    parameters: floats(layout.parameters, count),
    gradients: floats(layout.gradients, graph.gradients.length === 0 ? 0 : count),
    slots: layout.slots.map((address) => floats(address, count)),
    summed: options.parts && summedParts(kernels, layout, options.parts, floats),
    // A rule that runs as a graph updates all parameters at once.
    state: fused === undefined || layout.stateBytes === 0
      ? undefined
      : { numbers: floats(layout.parameters, layout.stateBytes / 4), gradients: length },
  });
}

/** The summed block as other processes add to it. */
function summedParts(
  kernels: Kernels,
  { gradients, summed, received }: WasmPlan,
  { processes }: PartOptions,
  floats: (address: number, length: number) => Float32Array,
): SummedParts {
  const numbers = floats(gradients, summed);
  return {
    numbers,
    hasPages: processes > 1,
    flag: numbers.subarray(summed - 1),
    received: floats(received, receivedLength(summed, processes)),
    add: (to, from, count) => addNumbers(kernels, received + 4 * to, received + 4 * from, count),
  };
}

/** The memory of a program, never grown, and the kernels on it. */
function allocate(
  module: WebAssembly.Module,
  bytes: number,
  shared: boolean,
): { memory: WebAssembly.Memory; buffer: ArrayBuffer; kernels: Kernels } {
  const pages = Math.ceil(bytes / PAGE), megabytes = Math.ceil(bytes / 1048576);
  if (pages > MOST_PAGES) {
    throw new RangeError(
      `the memory of a program must be at most 4096 MB, got ${megabytes} MB (lower train.batchSize or load.memory)`,
    );
  }
  let memory: WebAssembly.Memory;
  try {
    memory = new WebAssembly.Memory({ initial: pages, maximum: pages, shared });
  } catch (thrown) {
    throw new RangeError(
      `a program needs ${megabytes} MB of free memory: ${
        messageOf(thrown)
      } (lower train.batchSize or load.memory)`,
      { cause: thrown },
    );
  }
  return { memory, buffer: memory.buffer as ArrayBuffer, kernels: instantiate(module, memory) };
}

/** A value with the caller's view of it. */
interface MemoryView {
  readonly address: number;
  readonly columns: number;
  readonly view: Float32Array;
}

/** The parts of a program. */
interface Parts extends
  Pick<
    Program,
    "parameters" | "gradients" | "slots" | "samples" | "targets" | "order" | "summed" | "state"
  >,
  Steps {
  readonly kernels: Kernels;
  readonly layout: WasmPlan;
  readonly options: ProgramOptions;
  readonly settings: Float32Array;
  readonly counter: CallCounter;
  readonly length: number;
  /** The bytes of the whole memory. */
  readonly bytes: number;
  /** How the program's rule changes parameters: by a kernel, or by its graph. */
  readonly fused?: FusedUpdate;
  readonly byRule?: (scalars: ArrayLike<number>) => void;
  readonly inputs: ReadonlyMap<string, MemoryView>;
  readonly outputs: ReadonlyMap<string, MemoryView>;
}

function assemble(parts: Parts): Program {
  const { counter, order, gradients, kernels, layout } = parts;
  const draws = drawer(parts);
  const input = (name: string) => find(parts.inputs, "input", name);
  const addressOfOrder = (start: number, rows: number, at: number): number => {
    checkRows(rows, layout.inputRows - at);
    checkOrder(start, rows, order.length);
    return layout.order + 4 * start;
  };
  return {
    parameters: parts.parameters,
    gradients,
    slots: parts.slots,
    samples: parts.samples,
    targets: parts.targets,
    order,
    get calls() {
      return counter.record();
    },
    bytes: parts.bytes,
    partRows: layout.partRows,
    summed: parts.summed,
    state: parts.state,
    input: (name) => input(name).view,
    output: (name) => find(parts.outputs, "output", name).view,
    ...gatherers({ kernels, layout, counter, options: parts.options, input, addressOfOrder }),
    corrupt(
      from: string,
      to: string,
      corruption: Corruption,
      key: DrawKey,
      start: number,
      rows: number,
      at = 0,
    ) {
      const source = input(from).address, { address, columns } = input(to), offset = 4 * at * columns;
      const order = addressOfOrder(start, rows, at);
      draws.corrupt(corruption, source + offset, address + offset, order, rows, columns, key);
      counter.add(corruption.kind);
    },
    drawNormal(name: string, key: DrawKey, start: number, rows: number, at = 0) {
      const { address, columns } = input(name), order = addressOfOrder(start, rows, at);
      draws.fill(DRAW.normal, address + 4 * at * columns, order, rows, columns, key);
      counter.add("drawNormal");
    },
    run: runner(parts),
    gradientNorm() {
      counter.add("gradientNorm");
      return Math.sqrt(kernels.sumSquares(layout.gradients, gradients.length));
    },
    update: updater(parts),
    // The memory is garbage-collected with this object; only what the steps hold besides it has to be freed.
    dispose() {
      parts.sharing?.helper.close();
      parts.release?.();
    },
  };
}

function runner({ steps, names, counter, options: { capacity, parts } }: Parts): Program["run"] {
  const most = capacity * (parts?.count ?? 1), least = parts === undefined ? 1 : 0;
  return (rows) => {
    checkRows(rows, most, least);
    for (let step = 0; step < steps.length; step++) {
      steps[step](rows);
      counter.add(names[step]);
    }
  };
}

function updater(
  { kernels, layout, settings, length, options, fused, byRule, sharing, counter }: Parts,
): Program["update"] {
  // Names once, so that an update allocates nothing.
  const name = options.rule?.name ?? "", together = `${name} by two threads`;
  if (fused === undefined) {
    return (scalars) => {
      compiledRule(options);
      byRule!(scalars);
      counter.add(name);
    };
  }
  const how: KernelUpdate = { kernels, layout, settings, fused, sharing };
  const all: UpdateRange = { first: 0, count: length };
  return (scalars, range = all) => {
    const half = range === all ? undefined : (range.count >> 1) & ~15;
    counter.add(update(how, range, scalars, half) === 1 ? name : together);
  };
}
