/**
 * Values that get no place in memory: engines make them block by block, next to what reads them.
 *
 * @module
 */
import { type Graph, isBatch, type Value } from "./graph.ts";
import { countUses } from "./uses.ts";

/** Patches that only products read, and products that only a fold reads, in a way in which they can be made block by block. */
export function transientValues(graph: Graph): ReadonlySet<Value> {
  const uses = countUses(graph), readings = new Map<Value, number>();
  for (const value of graph.values) {
    const patches = patchesOf(value);
    if (patches !== undefined) readings.set(patches, (readings.get(patches) ?? 0) + 1);
  }
  const found = new Set(
    [...readings].filter(([patches, times]) => uses.get(patches) === times).map(([patches]) => patches),
  );
  for (const { operation, operands: [product] } of graph.values) {
    if (operation.kind !== "foldPatches" || uses.get(product) !== 1 || !isByRows(product)) continue;
    if (!product.operands.some((operand) => found.has(operand))) found.add(product);
  }
  return found;
}

/** The patches that a product can make block by block: `P W`, `P^T g` or `g^T P`, where W does not depend on the batch. */
function patchesOf(product: Value): Value | undefined {
  const { operation, operands } = product;
  if (operation.kind !== "matmul" || operands[0] === operands[1]) return undefined;
  if (isByRows(product)) return isPatches(operands[0]) ? operands[0] : undefined;
  return operation.transposeA && !operation.transposeB ? operands.find(isPatches) : undefined;
}

/** Whether each row of a product depends on one row of its left operand. */
function isByRows({ operation, operands }: Value): boolean {
  return operation.kind === "matmul" && !operation.transposeA && !operands[1].shape.some(isBatch);
}

function isPatches({ operation }: Value): boolean {
  return operation.kind === "patches";
}
