/**
 * A graph compiled for ONNX Runtime: the WebAssembly kernels own the memory and do everything around a run; the run itself is a call of
 * a session that reads and writes the same memory, or data-parallel calls of several sessions by two threads.
 *
 * @module
 */
import { type Graph, hasMaps, parameterCount } from "../../graph/graph.ts";
import { type DataParallelGraph, splitGraph } from "../../graph/data_parallel.ts";
import { encodeOnnx } from "../../graph/onnx.ts";
import type { Program, ProgramOptions } from "../engine.ts";
import { helperThread } from "../threads/helper_thread.ts";
import type { TaskOrder } from "../threads/task.ts";
import { programOf } from "../wasm/program.ts";
import type { ProgramMemory, Steps } from "../wasm/program_memory.ts";
import type { Api } from "./api.ts";
import { compileMaps } from "./maps.ts";
import { DATA_PARALLEL_SPIN_MS, piecesOf, runDataParallel, type SharedHalf } from "./data_parallel.ts";
import { compileParts } from "./part_program.ts";
import { placesOf, portsAt, type SharedSession } from "./ports.ts";
import type { NativeKernels } from "./kernels.ts";
import { openSession, type Session } from "./session.ts";

/** Compiles a graph for a number of threads. */
export function compile(
  api: Api,
  kernels: NativeKernels,
  graph: Graph,
  options: ProgramOptions,
  threads: number,
): Program {
  const { parts } = options;
  if (parts !== undefined) return compileParts(api, kernels, graph, { ...options, parts }, threads);
  if (hasMaps(graph)) return compileMaps(api, kernels, graph, options, threads);
  const isLarge = parameterCount(graph) >= LARGE;
  const split = threads === 2 && !isLarge ? splitGraph(graph) : undefined;
  if (split !== undefined) {
    return programOf(
      kernels.shared,
      graph,
      [],
      options,
      (programMemory) => dataParallelSteps(api, options, split, programMemory),
      {
        isShared: true,
        boundary: split.boundary,
      },
    );
  }
  // The threads of a session are idle while parameters are updated.
  const isShared = threads > 1 && options.rule !== undefined && isLarge;
  return programOf(
    isShared ? kernels.shared : kernels.own,
    graph,
    [],
    options,
    (programMemory) => wholeSteps(api, graph, options, { threads, isShared }, programMemory),
    { isShared },
  );
}

/**
 * From this many parameters on, ONNX Runtime shares each product by its columns, so that each weight is read by one thread, and its threads
 * sleep between runs, so that two can update. At 5.3 million a step by data parallelism took 1.08 of the time, at 1.1 million 0.96, at 0.65 million 0.89
 * (two cores, batches of 100 and 128).
 */
const LARGE = 2_000_000;

/** How long the helper thread spins for the next request next to ONNX Runtime's own threads: not long, as they need the core. */
const SHORT_MS = 0.05;

/** One session for the whole graph; ONNX Runtime shares each operation among its threads. */
function wholeSteps(
  api: Api,
  graph: Graph,
  { capacity }: ProgramOptions,
  { threads, isShared }: { threads: number; isShared: boolean },
  programMemory: ProgramMemory,
): Steps {
  const places = placesOf(graph, capacity, programMemory.layout, 0);
  const session = openSession(api, encodeOnnx(graph, { ones: true }) as Uint8Array<ArrayBuffer>, {
    ...portsAt(programMemory.buffer, places),
    threads,
    stopsSpinning: isShared,
  });
  const half = (programMemory.length >> 1) & ~15;
  return {
    steps: [session.run],
    names: ["session"],
    sharing: isShared
      ? {
        helper: helperThread({
          module: programMemory.module,
          memory: programMemory.memory,
          spinMs: SHORT_MS,
        }),
        half,
        draws: false,
      }
      : undefined,
    release: session.release,
  };
}

/** Single-threaded sessions for the parts of the graph. */
function dataParallelSteps(
  api: Api,
  { capacity }: ProgramOptions,
  { rows, ranges: [one, two], cut }: DataParallelGraph,
  { layout, buffer, counter, module, memory }: ProgramMemory,
): Steps {
  const opened: Session[] = [];
  const release = () => opened.forEach((session) => session.release());
  const open = (part: Graph, start: number): { session: Session; shared: SharedSession } => {
    const places = placesOf(part, capacity, layout, start);
    const model = encodeOnnx(part, { ones: true }) as Uint8Array<ArrayBuffer>;
    const session = openSession(api, model, { ...portsAt(buffer, places), threads: 1 });
    opened.push(session);
    return { session, shared: { ...places, address: session.address } };
  };
  try {
    const ofRows = open(rows, 0), first = one && open(one, 0), second = two && open(two, cut);
    const half = {
      kind: "sessions",
      api: api.addresses,
      rows: ofRows.shared,
      range: second?.shared,
    } as const;
    const helper = helperThread(
      { module, memory, spinMs: DATA_PARALLEL_SPIN_MS, half } satisfies TaskOrder<SharedHalf>,
    );
    const pieces = piecesOf(ofRows.session, [first?.session, second?.session]);
    const run = (all: number) => {
      if (runDataParallel(pieces, helper, all) === 2) counter.add("session by two threads");
    };
    return {
      steps: [run],
      names: ["session"],
      sharing: { helper, half: cut & ~15, draws: true },
      release,
    };
  } catch (thrown) {
    release();
    throw thrown;
  }
}
