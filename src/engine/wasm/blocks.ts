// h', w' = height and width of the map of patches.

/**
 * The blocks in which products over patches go through a batch: their patches stay in the second-level cache, and memory does not grow
 * with the batch. A block is some whole maps of patches, or some rows of one.
 *
 * @module
 */
import { extentOf, type OperationOf, type Value } from "../../graph/graph.ts";
import { patchSize } from "../../graph/window.ts";
import { mapsOf, outputSize } from "../../graph/window_loops.js";
import type { Instruction, ProductInstruction } from "./instructions.ts";

/** The most bytes of a block of patches, unless it has fewer than {@link LEAST_PLACES}. */
const MOST_BYTES = 1024 * 1024;

/** Each block packs the weights again, which pays from this many rows of a product. */
const LEAST_PLACES = 256;

/** How a product goes through the maps of a batch. */
export interface Blocks {
  readonly operation: OperationOf<"patches" | "foldPatches">;
  /** The value whose rows are the places of the maps. */
  readonly maps: Value;
  /** Rows of a map of patches, h', and places of each, w'. */
  readonly height: number;
  readonly width: number;
  /** Rows of a block: some of a map, or those of some maps. */
  readonly most: number;
}

/** The blocks of a product over patches; `undefined` for one without. */
export function blocksOf({ patches, fold }: ProductInstruction): Blocks | undefined {
  const value = patches ?? fold;
  if (value === undefined) return undefined;
  const operation = value.operation as OperationOf<"patches" | "foldPatches">, { window } = operation;
  const { height, width } = outputSize(window), bytes = 4 * width * patchSize(window);
  const rows = Math.max(1, Math.floor(MOST_BYTES / bytes), Math.ceil(LEAST_PLACES / width));
  return {
    operation,
    maps: patches === undefined ? value : patches.operands[0],
    height,
    width,
    // Evenly: whole maps, or equal bands of one.
    most: rows >= height ? rows - rows % height : Math.ceil(height / Math.ceil(height / rows)),
  };
}

/** Rows of the largest block of a batch of at most `capacity` samples. */
export function largestBlock(
  { operation: { window }, maps, height, most }: Blocks,
  capacity: number,
): number {
  return Math.min(most, height * mapsOf(window, extentOf(maps.shape[0], capacity)));
}

/** The bytes of the largest block of patches that instructions need for a batch of at most `capacity` samples. */
export function patchesBytes(instructions: readonly Instruction[], capacity: number): number {
  const bytes = instructions.map((instruction) => {
    const blocks = instruction.kind === "product" ? blocksOf(instruction) : undefined;
    if (blocks === undefined) return 0;
    return 4 * largestBlock(blocks, capacity) * blocks.width * patchSize(blocks.operation.window);
  });
  return Math.max(0, ...bytes);
}
