/**
 * Programs in parts: one thread computes all parts, or each of two threads one branch of their sum, with blocks of its own; then each adds
 * up half of the numbers of the two.
 *
 * @module
 */
import { type Graph, hasMaps } from "../../graph/graph.ts";
import { encodeOnnx } from "../../graph/onnx.ts";
import type { PartOptions, Program, ProgramOptions } from "../engine.ts";
import { type Branches, branchesOf, type PartStep } from "../parts/branches.ts";
import { helperThread } from "../threads/helper_thread.ts";
import type { TaskOrder } from "../threads/task.ts";
import { fuse } from "../wasm/fuse.ts";
import { layoutOfPart, planStep } from "../wasm/part_plan.ts";
import { blockSums } from "../wasm/part_steps.ts";
import { plan, type WasmPlan } from "../wasm/plan.ts";
import { programOf } from "../wasm/program.ts";
import type { ProgramMemory, Steps } from "../wasm/program_memory.ts";
import type { Api } from "./api.ts";
import { DATA_PARALLEL_SPIN_MS, runDataParallel, type RunPieces, type SharedHalf } from "./data_parallel.ts";
import type { NativeKernels } from "./kernels.ts";
import { openBranch, type PartRuns, type SharedBranch } from "./part_runs.ts";
import { placesOf } from "./ports.ts";
import { productSessions } from "./products.ts";
import { openSession } from "./session.ts";

/** Options of a program in parts. */
type PartProgramOptions = ProgramOptions & { readonly parts: PartOptions };

/** Computes the parts of a graph. */
interface PartMaker {
  /** Bytes of memory that a thread needs for the values in between. */
  readonly between: number;
  /** How parts are computed on a plan, with such memory from `from` on. */
  runsOf(steps: readonly PartStep[], layout: WasmPlan, from: number): PartRuns;
  release(): void;
}

/** Compiles a graph for runs in parts by one thread or two. */
export function compileParts(
  api: Api,
  kernels: NativeKernels,
  graph: Graph,
  options: PartProgramOptions,
  threads: number,
): Program {
  const branches = branchesOf(options.parts.count), isShared = threads >= 2 && branches.second.length > 0;
  const maker = hasMaps(graph) ? mapsMaker(api, graph, options, branches) : sessionMaker(api, graph, options);
  return programOf(
    isShared ? kernels.shared : kernels.own,
    graph,
    [],
    options,
    (memory) => stepsOf(api, maker, branches, memory, isShared),
    { isShared, extra: maker.between * (isShared ? 2 : 1) },
  );
}

/** Parts by one session of the whole graph, which has memory of its own for the values in between. */
function sessionMaker(api: Api, graph: Graph, { capacity }: ProgramOptions): PartMaker {
  const model = encodeOnnx(graph, { ones: true }) as Uint8Array<ArrayBuffer>;
  const session = openSession(api, model, { inputs: [], outputs: [], threads: 1 });
  return {
    between: 0,
    runsOf: (steps, layout) => ({
      kind: "sessions",
      sessions: steps.map((step) => ({
        address: session.address,
        ...placesOf(graph, capacity, layoutOfPart(layout, step), 0),
      })),
    }),
    release: session.release,
  };
}

/** Parts by calls of kernels and single products. */
function mapsMaker(api: Api, graph: Graph, options: ProgramOptions, { first: [step] }: Branches): PartMaker {
  const instructions = fuse(graph), products = productSessions(api);
  return {
    between: planStep(graph, instructions, plan(graph, [], options), { step, from: 0 }).end,
    runsOf: (steps, layout, from) => ({
      kind: "maps",
      products,
      plans: steps.map((step) => planStep(graph, instructions, layout, { step, from })),
    }),
    release() {},
  };
}

/** Runs both branches, the second by the helper thread where there are two. */
function stepsOf(
  api: Api,
  maker: PartMaker,
  branches: Branches,
  { kernels, buffer, counter, module, memory, layout, length }: ProgramMemory,
  isShared: boolean,
): Steps {
  const { first, second, secondBlock } = branches, parts = first.length + second.length;
  const sums = blockSums(kernels, layout), middle = (sums.count >> 1) & ~15, base = { parts, layout };
  const branch = (steps: readonly PartStep[], from: number) => ({
    steps,
    runs: maker.runsOf(steps, layout, from),
    ...base,
  });
  const opened = [first, second].map((steps) =>
    openBranch(branch(steps, layout.extra), { api, kernels, buffer })
  );
  const [{ run: runFirst }, { run: runSecond }] = opened;
  const pieces: RunPieces = {
    rows: [runFirst, runSecond],
    ranges: second.length === 0 ? [undefined, undefined] : [
      () => sums.add(0, secondBlock, 0, middle),
      () => sums.add(0, secondBlock, middle, sums.count - middle),
    ],
  };
  const release = () => {
    opened.forEach((branch) => branch.release());
    maker.release();
  };
  if (!isShared) return { steps: [(all) => runAlone(pieces, all)], names: ["parts"], release };
  const half: SharedBranch = {
    kind: "parts",
    api: api.addresses,
    ...branch(second, layout.extra + maker.between),
    // Only numbers can be sent.
    layout: {
      gradients: layout.gradients,
      sums: layout.sums,
      summed: layout.summed,
      zeros: layout.zeros,
    },
    secondBlock,
    middle,
  };
  const order: TaskOrder<SharedHalf> = { module, memory, spinMs: DATA_PARALLEL_SPIN_MS, half };
  const helper = helperThread(order);
  return {
    steps: [(all) => {
      if (runDataParallel(pieces, helper, all) === 2) counter.add("parts by two threads");
    }],
    names: ["parts"],
    sharing: { helper, half: (length >> 1) & ~15, draws: true },
    release,
  };
}

function runAlone({ rows: [first, second], ranges: [one, two] }: RunPieces, all: number): void {
  first(all);
  second(all);
  one?.(all);
  two?.(all);
}
