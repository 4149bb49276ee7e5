/** How many threads a step should be shared by. @module */
import { flops } from "../graph/cost.ts";
import type { Graph } from "../graph/graph.ts";

/** With less to do for each, threads wait for one another longer than they work: two begin to pay between 4e7 and 1.7e8. */
const FLOPS_OF_A_THREAD = 5e7;
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
