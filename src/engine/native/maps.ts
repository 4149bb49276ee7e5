/**
 * Programs of graphs with maps: kernels and single products instead of sessions, so that patches are made block by block; by two threads
 * in data-parallel halves.
 *
 * @module
 */
import { type DataParallelGraph, splitGraph } from "../../graph/data_parallel.ts";
import type { Graph } from "../../graph/graph.ts";
import type { Program, ProgramOptions } from "../engine.ts";
import { helperThread } from "../threads/helper_thread.ts";
import type { TaskOrder } from "../threads/task.ts";
import { fuse } from "../wasm/fuse.ts";
import { plan, planPart, type WasmPlan } from "../wasm/plan.ts";
import { programOf } from "../wasm/program.ts";
import type { ProgramMemory, Steps } from "../wasm/program_memory.ts";
import type { Api } from "./api.ts";
import { DATA_PARALLEL_SPIN_MS, piecesOf, runDataParallel, type SharedHalf } from "./data_parallel.ts";
import type { NativeKernels } from "./kernels.ts";
import { type MapsPart, openPart, type PartTarget } from "./parts.ts";
import { type ProductSessions, productSessions } from "./products.ts";

/** Compiles a graph with maps for one thread or two. */
export function compileMaps(
  api: Api,
  kernels: NativeKernels,
  graph: Graph,
  options: ProgramOptions,
  threads: number,
): Program {
  const sessions = productSessions(api);
  const split = threads >= 2 ? splitGraph(graph) : undefined;
  if (split === undefined) {
    const instructions = fuse(graph);
    return programOf(kernels.own, graph, instructions, options, ({ kernels, layout, buffer }) => {
      const part = { ...layout, instructions, shared: new Set(graph.values), end: layout.bytes };
      const { run, release } = openPart(part, { api, sessions, kernels, buffer });
      return { steps: [(rows) => run(rows)], names: ["session"], release };
    });
  }
  const { boundary } = split;
  const parts = (base: WasmPlan, from: number) => partsOfThreads(split, base, options.capacity, from);
  const extra = parts(plan(graph, [], options, { boundary }), 0)[1].end;
  return programOf(
    kernels.shared,
    graph,
    [],
    options,
    (memory) => stepsOf(api, sessions, parts(memory.layout, memory.layout.extra), split.cut, memory),
    { isShared: true, boundary, extra },
  );
}

/** The parts of a split graph on the memory of one thread: either thread may compute the second range. */
interface ThreadParts {
  readonly rows: MapsPart;
  readonly ranges: readonly (MapsPart | undefined)[];
  readonly end: number;
}

/** Plans the parts for the main thread and, behind it, for the helper thread. */
function partsOfThreads(
  split: DataParallelGraph,
  base: WasmPlan,
  capacity: number,
  from: number,
): readonly [ThreadParts, ThreadParts] {
  const main = partsOf(split, base, capacity, from);
  return [main, partsOf(split, base, capacity, main.end)];
}

function partsOf(
  { rows, ranges, cut }: DataParallelGraph,
  base: WasmPlan,
  capacity: number,
  from: number,
): ThreadParts {
  const middle = base.gradients + 4 * cut;
  const ofRows = planPart(rows, fuse(rows), { base, capacity: Math.ceil(capacity / 2), from });
  const ofRanges = ranges.map((range, at) =>
    range && {
      ...planPart(range, fuse(range), { base, capacity, from }),
      copies: base.copies.filter(({ to }) => (to < middle) === (at === 0)),
    }
  );
  return {
    rows: { ...ofRows, copies: [] },
    ranges: ofRanges,
    end: Math.max(ofRows.end, ...ofRanges.map((part) => part?.end ?? 0)),
  };
}

/** Runs the parts of both threads. */
function stepsOf(
  api: Api,
  sessions: ProductSessions,
  [main, second]: readonly [ThreadParts, ThreadParts],
  cut: number,
  { kernels, buffer, counter, module, memory }: ProgramMemory,
): Steps {
  const target: PartTarget = { api, sessions, kernels, buffer },
    open = (part: MapsPart) => openPart(part, target);
  const rows = open(main.rows), ranges = main.ranges.map((part) => part && open(part));
  const half: SharedHalf = {
    kind: "maps",
    api: api.addresses,
    sessions,
    rows: second.rows,
    range: second.ranges[1],
  };
  const order: TaskOrder<SharedHalf> = { module, memory, spinMs: DATA_PARALLEL_SPIN_MS, half };
  const helper = helperThread(order);
  const pieces = piecesOf(rows, ranges);
  return {
    steps: [(all) => {
      if (runDataParallel(pieces, helper, all) === 2) counter.add("session by two threads");
    }],
    names: ["session"],
    sharing: { helper, half: cut & ~15, draws: true },
    release: () => [rows, ...ranges].forEach((part) => part?.release()),
  };
}
