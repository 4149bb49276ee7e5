// p, g = a parameter and its gradient; addresses in bytes.

/**
 * An optimizer update by the graph of its rule: parts of all parameters are copied next to the graph's values, computed and copied back.
 * For rules that have no kernel of their own.
 *
 * @module
 */
import { sizeOf } from "../../graph/graph.ts";
import { UPDATE, updateBlocks, type UpdateRule } from "../update_rule.ts";
import { fuse } from "./fuse.ts";
import type { Kernels } from "./kernels.ts";
import { lower } from "./lower.ts";
import { addressOf } from "./lowering.ts";
import { plan, type WasmPlan } from "./plan.ts";

/** Parameters of a part: a rule's values for this many stay in the first-level cache. */
const PART = 1024;

/** Plans the memory of a rule behind a program's own. */
export function planRule({ graph }: UpdateRule, from: number): WasmPlan {
  return plan(graph, fuse(graph), { capacity: PART }, { from });
}

/** A block of the program and its copy next to the graph. */
interface Copied {
  readonly block: number;
  readonly part: number;
}

/** Prepares updates of `length` parameters. */
export function ruleUpdate(
  { graph, scalars: scalarCount }: UpdateRule,
  length: number,
  { kernels, layout, own, buffer }: {
    readonly kernels: Kernels;
    /** Of the program. */
    readonly layout: WasmPlan;
    /** Of the rule. */
    readonly own: WasmPlan;
    readonly buffer: ArrayBuffer;
  },
): (scalars: ArrayLike<number>) => void {
  const blocks = updateBlocks(layout);
  for (const value of graph.values) {
    const { operation } = value;
    if (operation.kind !== "constant") continue;
    new Float32Array(buffer, addressOf(own, value), sizeOf(value.shape, 1)).fill(operation.value);
  }
  const copied = (values: typeof graph.inputs): Copied[] =>
    [...values].flatMap(([name, value]) => {
      const block = blocks.get(name);
      return block === undefined ? [] : [{ block, part: addressOf(own, value) }];
    });
  const read = copied(graph.inputs), written = copied(graph.outputs);
  const calls = fuse(graph).map((instruction) => lower(instruction, kernels, own));
  const places = Array.from({ length: scalarCount }, (_, at) => {
    const value = graph.inputs.get(UPDATE.scalar(at));
    return value && new Float32Array(buffer, addressOf(own, value), 1);
  });
  return (scalars) => {
    for (let at = 0; at < places.length; at++) {
      const place = places[at];
      if (place !== undefined) place[0] = scalars[at];
    }
    for (let start = 0; start < length; start += PART) {
      const rows = Math.min(PART, length - start);
      for (let at = 0; at < read.length; at++) copy(kernels, read[at].part, read[at].block + 4 * start, rows);
      for (let at = 0; at < calls.length; at++) calls[at](rows);
      for (let at = 0; at < written.length; at++) {
        copy(kernels, written[at].block + 4 * start, written[at].part, rows);
      }
    }
  };
}

function copy(kernels: Kernels, to: number, from: number, count: number): void {
  kernels.copyRows(to, 4 * count, from, 4 * count, 1, count);
}
