/**
 * A graph compiled for ONNX Runtime: the memory and everything around a run are the WebAssembly kernels' own; the run is one call of a
 * session that reads and writes the same memory.
 *
 * @module
 */
import { type Graph, nameOf, parameterCount, sizeOf, type Value } from "../../graph/graph.ts";
import { encodeOnnx, ONES, onnxNames } from "../../graph/onnx.ts";
import type { Program, ProgramOptions } from "../engine.ts";
import { type Ground, programOf, type Steps } from "../wasm/program.ts";
import type { Api } from "./api.ts";
import { openSession, type Port } from "./session.ts";

/** Compiles a graph for a number of threads. */
export function compile(
  api: Api,
  kernels: NativeKernels,
  graph: Graph,
  options: ProgramOptions,
  threads: number,
): Program {
  // The second thread of a session has nothing to do while parameters are updated.
  const isShared = threads > 1 && (options.slots ?? 0) > 0 && parameterCount(graph) >= SHARED_FROM;
  return programOf(
    isShared ? kernels.shared : kernels.own,
    graph,
    [],
    options,
    (ground) => sessionSteps(api, graph, options, { threads, isShared }, ground),
    { isShared },
  );
}

/** The kernels for a memory of one thread, and for one that two threads share. */
export interface NativeKernels {
  readonly own: WebAssembly.Module;
  readonly shared: WebAssembly.Module;
}

/**
 * From so many parameters on, a second thread saves more of an update than it costs that ONNX Runtime's threads rest between runs: at 5.3
 * million a step took 0.80 of the time, at 1.1 million 1.04, at 0.65 million 1.09 (two cores, batches of 100 and 128).
 */
const SHARED_FROM = 2_000_000;

function sessionSteps(
  api: Api,
  graph: Graph,
  { capacity }: ProgramOptions,
  { threads, isShared }: { threads: number; isShared: boolean },
  { layout, buffer }: Ground,
): Steps {
  const names = onnxNames(graph);
  const port = (name: string, { shape }: Value, address: number): Port => ({
    name,
    view: new Float32Array(buffer, address, sizeOf(shape, capacity)),
    dimensions: shape.map((size) => size === "batch" ? -1 : size),
  });
  const placed = (name: string, value: Value) => port(name, value, layout.places.get(value)!);
  let end = layout.gradients;
  const gradients = graph.gradients.map((value, at) => {
    const start = end;
    end += 4 * sizeOf(value.shape, 1);
    return port(names.gradients[at], value, start);
  });
  const ones = new Float32Array(new ArrayBuffer(4 * capacity)).fill(1);
  const session = openSession(api, encodeOnnx(graph, { ones: true }) as Uint8Array<ArrayBuffer>, {
    inputs: [
      ...[...graph.inputs.values(), ...graph.parameters].map((value) => placed(nameOf(value), value)),
      { name: ONES, view: ones, dimensions: [1, -1] },
    ],
    outputs: [
      ...computedOutputs(graph).map(([name, value]) => placed(names.outputs.get(name)!, value)),
      ...gradients,
    ],
    threads,
    stopsSpinning: isShared,
  });
  return { steps: [session.run], names: ["session"], release: session.release };
}

/** Outputs that a run has to write: inputs, parameters and constants are there, and a value under two names is written once. */
function computedOutputs(graph: Graph): [string, Value][] {
  const seen = new Set<Value>();
  return [...graph.outputs].filter(([, value]) => {
    const isNew = value.operands.length > 0 && !seen.has(value);
    seen.add(value);
    return isNew;
  });
}
