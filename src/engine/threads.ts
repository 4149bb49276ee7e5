/** How many threads a step should be shared by. @module */
import { flops } from "../graph/cost.ts";
import type { Graph } from "../graph/graph.ts";
import { halvesOf } from "../graph/halves.ts";

/** With less to do for each, ONNX Runtime's threads wait for one another longer than they work: two begin to pay between 4e7 and 1.7e8. */
const FLOPS_OF_A_THREAD = 5e7;
/** Two threads that work by halves meet only twice in a step: they begin to pay between 5e6 and 1e7. */
const FLOPS_OF_HALVES = 8e6;
/** More threads share one memory, and wait for one another more than they help. */
const MOST_THREADS = 8;

/** How many threads pay for runs of a graph with `rows` rows on a machine of some cores. */
export function threadsFor(
  graph: Graph,
  rows: number,
  cores: number = navigator.hardwareConcurrency,
): number {
  const most = Math.min(cores, MOST_THREADS), work = flops(graph, rows);
  const count = Math.min(most, Math.floor(work / FLOPS_OF_A_THREAD));
  if (count >= 2) return count;
  return most >= 2 && work >= FLOPS_OF_HALVES && halvesOf(graph) !== undefined ? 2 : 1;
}
