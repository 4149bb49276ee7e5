/**
 * The native engine: graphs run by ONNX Runtime through its C API, on the memory of the WebAssembly kernels, which gather, draw and
 * update as they do in the wasm engine. Needs `--allow-ffi` and a platform for which the package has a library.
 *
 * Two runs with the same number of threads give the same bits; another number may differ in the last digits.
 *
 * @module
 */
import { messageOf } from "../core/errors.ts";
import { flops } from "../graph/cost.ts";
import type { Graph } from "../graph/graph.ts";
import type { Engine } from "./engine.ts";
import { type Api, connect } from "./native/api.ts";
import { openPackagedLibrary } from "./native/library.ts";
import { compile } from "./native/program.ts";
import { kernelModule } from "./wasm.ts";

/** How the native engine works. */
export interface NativeOptions {
  /**
   * Threads that a graph's operations share.
   * @default {as many as pay for the size of a run, at most one a core: see threadsFor}
   */
  readonly threads?: number;
}

let connected: Promise<Api> | undefined;

/**
 * The engine of ONNX Runtime, in single precision. The library is opened once.
 *
 * @throws {UsageError} When it cannot be used here: no library for the platform, no permission, a file that is not the library.
 */
export async function nativeEngine({ threads }: NativeOptions = {}): Promise<Engine> {
  checkThreads(threads);
  const [api, kernels] = await Promise.all([
    connected ??= openPackagedLibrary().then(connect),
    kernelModule(),
  ]);
  return {
    name: "native",
    precision: "f32",
    compile: (graph, options) =>
      compile(api, kernels, graph, options, threads ?? threadsFor(graph, options.capacity)),
  };
}

/** Why the native engine cannot be used here, on one line; `undefined` when it can. */
export async function nativeProblem(): Promise<string | undefined> {
  try {
    await nativeEngine();
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

/** A run of fewer operations is done before a second thread has joined in. */
const FLOPS_OF_A_THREAD = 2e7;
/** More threads share one memory, and wait for one another more than they help. */
const MOST_THREADS = 8;

/** How many threads pay for runs of a graph with `rows` rows on a machine of some cores. */
export function threadsFor(
  graph: Graph,
  rows: number,
  cores: number = navigator.hardwareConcurrency,
): number {
  return Math.max(1, Math.min(cores, MOST_THREADS, Math.floor(flops(graph, rows) / FLOPS_OF_A_THREAD)));
}

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= 256)) return;
  throw new RangeError(
    `Cannot use the native engine as the threads must be an integer from 1 to 256: current value is ${threads}`,
  );
}
