/** How many threads should share a step. @module */
import { flops } from "../graph/cost.ts";
import { type Graph, hasMaps } from "../graph/graph.ts";
import { splitGraph } from "../graph/data_parallel.ts";

/** With less work per thread, ONNX Runtime's threads wait for one another longer than they compute: two pay off from 4e7 to 1.7e8. */
const FLOPS_OF_A_THREAD = 5e7;
/** Data-parallel threads synchronize only twice in a step: two pay off from 5e6 to 1e7. */
const FLOPS_OF_DATA_PARALLEL = 8e6;
/** More threads compete for memory bandwidth and wait for one another. */
const MOST_THREADS = 8;

/** The number of threads for runs of a graph with `rows` rows on a machine with `cores` cores. */
export function threadsFor(
  graph: Graph,
  rows: number,
  cores: number = navigator.hardwareConcurrency,
): number {
  const most = Math.min(cores, MOST_THREADS), work = flops(graph, rows);
  const count = Math.min(most, Math.floor(work / FLOPS_OF_A_THREAD));
  // Graphs with maps are shared by data parallelism alone.
  if (count >= 2 && !hasMaps(graph)) return count;
  return most >= 2 && work >= FLOPS_OF_DATA_PARALLEL && splitGraph(graph) !== undefined ? 2 : 1;
}

/** The same for runs in parts, which at most two threads share; `work`: the floating-point operations of all parts. */
export function threadsForParts(
  work: number,
  parts: number,
  cores: number = navigator.hardwareConcurrency,
): number {
  return cores >= 2 && parts >= 2 && work >= FLOPS_OF_DATA_PARALLEL ? 2 : 1;
}
