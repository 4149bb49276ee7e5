// h', w' = height and width of the map of patches.

/**
 * The blocks of maps in which products over patches go through a batch: their patches stay in the second-level cache, and memory does
 * not grow with the batch.
 *
 * @module
 */
import { pixelCount } from "../../core/shape.ts";
import { extentOf, type OperationOf, type Value } from "../../graph/graph.ts";
import { patchSize } from "../../graph/window.ts";
import { mapsOf, outputSize } from "../../graph/window_loops.js";
import type { Instruction, ProductInstruction } from "./fuse.ts";

/** The most bytes of a block of patches of more than one map. */
const MOST_BYTES = 512 * 1024;

/** How a product goes through the maps of a batch. */
export interface Blocks {
  readonly operation: OperationOf<"patches" | "foldPatches">;
  /** The value whose rows are the places of the maps. */
  readonly maps: Value;
  /** Places of a map's patches: h' w'. */
  readonly places: number;
  /** Maps of a block. */
  readonly most: number;
}

/** The blocks of a product over patches; `undefined` for one without. */
export function blocksOf({ patches, fold }: ProductInstruction): Blocks | undefined {
  const value = patches ?? fold;
  if (value === undefined) return undefined;
  const operation = value.operation as OperationOf<"patches" | "foldPatches">, { window } = operation;
  const places = pixelCount(outputSize(window));
  return {
    operation,
    maps: patches === undefined ? value : patches.operands[0],
    places,
    most: Math.max(1, Math.floor(MOST_BYTES / (4 * places * patchSize(window)))),
  };
}

/** Maps of the largest block of a batch of at most `capacity` samples. */
export function largestBlock({ operation: { window }, maps, most }: Blocks, capacity: number): number {
  return Math.min(most, mapsOf(window, extentOf(maps.shape[0], capacity)));
}

/** The bytes of the largest block of patches that instructions need for a batch of `samples`. */
export function patchesBytes(instructions: readonly Instruction[], samples: number): number {
  const bytes = instructions.map((instruction) => {
    const blocks = instruction.kind === "product" ? blocksOf(instruction) : undefined;
    if (blocks === undefined) return 0;
    const { operation: { window }, places } = blocks;
    return 4 * largestBlock(blocks, samples) * places * patchSize(window);
  });
  return Math.max(0, ...bytes);
}
