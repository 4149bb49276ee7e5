/**
 * A graph compiled for ONNX Runtime: the memory and everything around a run are the WebAssembly kernels' own; the run is a call of a
 * session that reads and writes the same memory, or calls by two threads of sessions that are halves of the graph.
 *
 * @module
 */
import {
  computedOutputs,
  type Graph,
  nameOf,
  parameterCount,
  sizeOf,
  type Value,
} from "../../graph/graph.ts";
import { type Halves, halvesOf } from "../../graph/halves.ts";
import { encodeOnnx, ONES, onnxNames } from "../../graph/onnx.ts";
import type { Program, ProgramOptions } from "../engine.ts";
import { helperFor } from "../team/helper.ts";
import type { Plan } from "../wasm/plan.ts";
import { type Ground, programOf, type Steps } from "../wasm/program.ts";
import type { Api } from "./api.ts";
import { type PortPlace, portsAt, runHalves, type SharedSession } from "./halves.ts";
import { openSession, type Session } from "./session.ts";

/** The kernels for a memory of one thread, and for one that two threads share. */
export interface NativeKernels {
  readonly own: WebAssembly.Module;
  readonly shared: WebAssembly.Module;
}

/** Compiles a graph for a number of threads. */
export function compile(
  api: Api,
  kernels: NativeKernels,
  graph: Graph,
  options: ProgramOptions,
  threads: number,
): Program {
  const isLarge = parameterCount(graph) >= LARGE;
  const halves = threads === 2 && !isLarge ? halvesOf(graph) : undefined;
  if (halves !== undefined) {
    return programOf(
      kernels.shared,
      graph,
      [],
      options,
      (ground) => halfSteps(api, options, halves, ground),
      {
        isShared: true,
        between: halves.between,
      },
    );
  }
  // The second thread of a session has nothing to do while parameters are updated.
  const isShared = threads > 1 && options.rule !== undefined && isLarge;
  return programOf(
    isShared ? kernels.shared : kernels.own,
    graph,
    [],
    options,
    (ground) => wholeSteps(api, graph, options, { threads, isShared }, ground),
    { isShared },
  );
}

/**
 * From so many parameters on, ONNX Runtime shares each product by its columns, so that each weight is read by one thread, and its threads
 * rest between runs, so that two can update. At 5.3 million a step by halves took 1.08 of the time, at 1.1 million 0.96, at 0.65 million 0.89
 * (two cores, batches of 100 and 128).
 */
const LARGE = 2_000_000;

/**
 * How long the second thread looks out for more to do: where it takes half of everything, longer than what the first does by itself between
 * two steps, as waking takes up to half a millisecond; where ONNX Runtime's thread wants the core, not long.
 */
const LONG_MS = 40, SHORT_MS = 0.05;

/** One session for all; ONNX Runtime shares each operation among its threads. */
function wholeSteps(
  api: Api,
  graph: Graph,
  { capacity }: ProgramOptions,
  { threads, isShared }: { threads: number; isShared: boolean },
  ground: Ground,
): Steps {
  const places = placesOf(graph, capacity, ground.layout, 0);
  const session = openSession(api, encodeOnnx(graph, { ones: true }) as Uint8Array<ArrayBuffer>, {
    ...portsAt(ground.buffer, places),
    threads,
    stopsSpinning: isShared,
  });
  const half = (ground.length >> 1) & ~15;
  return {
    steps: [session.run],
    names: ["session"],
    sharing: isShared
      ? {
        helper: helperFor({ module: ground.module, memory: ground.memory, looksFor: SHORT_MS }),
        half,
        draws: false,
      }
      : undefined,
    release: session.release,
  };
}

/** Sessions of one thread for halves of the graph. */
function halfSteps(
  api: Api,
  { capacity }: ProgramOptions,
  { rows, ranges: [one, two], cut }: Halves,
  { layout, buffer, counter, module, memory }: Ground,
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
    const halves = { api: api.addresses, rows: ofRows.shared, range: second?.shared };
    const helper = helperFor({ module, memory, looksFor: LONG_MS, halves });
    const sessions = { rows: ofRows.session, ranges: [first?.session, second?.session] };
    const run = (all: number) => {
      if (runHalves(sessions, helper, all) === 2) counter.add("session by two threads");
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

/** Where what goes in and out of a graph lies; the first of its gradients is that of number `start` of all parameters. */
function placesOf(
  graph: Graph,
  capacity: number,
  layout: Plan,
  start: number,
): Pick<SharedSession, "inputs" | "outputs"> {
  const names = onnxNames(graph);
  // A part of a graph has copies of its values, by the same numbers.
  const addresses = new Map([...layout.places].map(([{ id }, address]) => [id, address]));
  const place = (name: string, { shape }: Value, address: number): PortPlace => ({
    name,
    address,
    length: sizeOf(shape, capacity),
    dimensions: shape.map((size) => typeof size === "number" ? size : -size.batch),
  });
  const placed = (name: string, value: Value) => place(name, value, addresses.get(value.id)!);
  let end = layout.gradients + 4 * start;
  const gradients = graph.gradients.map((value, at) => {
    const address = end;
    end += 4 * sizeOf(value.shape, 1);
    return place(names.gradients[at], value, address);
  });
  return {
    inputs: [
      ...[...graph.inputs.values(), ...graph.parameters].map((value) => placed(nameOf(value), value)),
      { name: ONES, address: "ones", length: capacity, dimensions: [1, -1] },
    ],
    outputs: [
      ...computedOutputs(graph).map(([name, value]) => placed(names.outputs.get(name)!, value)),
      ...gradients,
    ],
  };
}
