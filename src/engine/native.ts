/**
 * The native engine: graphs run by ONNX Runtime through its C API, on the memory of the WebAssembly kernels, which gather, draw and
 * update as they do in the wasm engine. Needs `--allow-ffi` and a platform for which the package has a library.
 *
 * Two runs with the same number of threads give the same bits; another number may differ in the last digits, except in
 * parts, whose bits do not depend on it.
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
import { keepThread } from "./threads/helper_thread.ts";
import { threadsFor, threadsForParts } from "./threads.ts";
import { kernelModule, sharedKernelModule } from "./wasm.ts";
import { compile as compileForKernels } from "./wasm/program.ts";

/** Options for {@link nativeEngine}. */
export interface NativeOptions {
  /**
   * Threads that a graph's operations share.
   * @default {by the size of a run, at most one per core: see threadsFor}
   */
  readonly threads?: number;
  /** The cores by which threads are chosen. @default {those of this machine} */
  readonly cores?: number;
  /**
   * Whether the helper thread starts now and is kept between programs: see {@link keepThread}.
   * @default {false}
   */
  readonly keepsThread?: boolean;
  /**
   * The least floating-point operations of a run for which a session is used; smaller graphs are run by the kernels, as in the wasm engine.
   * @default {2e6}
   */
  readonly sessionsFrom?: number;
}

/** A session's overhead per call is as long as the kernels take for this many operations. */
const FLOPS_OF_A_SESSION = 2e6;

let connected: Promise<Api> | undefined;

/**
 * The engine of ONNX Runtime, in single precision. The library is opened once.
 *
 * @throws {UsageError} When it is not available: no library for the platform, no permission, a file that is not the library.
 */
export async function nativeEngine(
  { threads, cores, keepsThread = false, sessionsFrom = FLOPS_OF_A_SESSION }: NativeOptions = {},
): Promise<Engine> {
  checkThreads(threads);
  if (keepsThread && (threads ?? cores ?? navigator.hardwareConcurrency) > 1) keepThread();
  const kernels = { own: await kernelModule(), shared: await sharedKernelModule() };
  const api = await (connected ??= openPackagedLibrary().then(connect));
  const isSmall = (graph: Graph, rows: number) => flops(graph, rows) < sessionsFrom;
  return {
    name: "native",
    precision: "f32",
    compile(graph, options) {
      const { capacity, parts } = options;
      if (isSmall(graph, capacity)) return compileForKernels(kernels.own, graph, options);
      const suited = parts === undefined
        ? threadsFor(graph, capacity, cores)
        : threadsForParts(parts.count * flops(graph, capacity), parts.count, cores);
      return compile(api, kernels, graph, options, threads ?? suited);
    },
  };
}

/** Why the native engine is not available here, on one line; `undefined` when it is. */
export async function nativeProblem(): Promise<string | undefined> {
  try {
    await nativeEngine();
    return undefined;
  } catch (thrown) {
    return messageOf(thrown);
  }
}

function checkThreads(threads: number | undefined): void {
  if (threads === undefined || (Number.isInteger(threads) && threads >= 1 && threads <= 256)) return;
  throw new RangeError(
    `threads of the native engine must be an integer from 1 to 256, got ${threads}`,
  );
}
