/**
 * Patches that get no place of their own: products make them block by block.
 *
 * @module
 */
import { type Graph, isBatch, type Value } from "../../graph/graph.ts";
import { countUses } from "../../graph/uses.ts";

/** The patches of a graph that only products read, in a way in which they can be made block by block. */
export function virtualPatches(graph: Graph): ReadonlySet<Value> {
  const uses = countUses(graph), readings = new Map<Value, number>();
  for (const value of graph.values) {
    const patches = patchesOf(value);
    if (patches !== undefined) readings.set(patches, (readings.get(patches) ?? 0) + 1);
  }
  return new Set(
    [...readings].filter(([patches, times]) => uses.get(patches) === times).map(([patches]) => patches),
  );
}

/** The patches that a product can make block by block: `P W`, `P^T g` or `g^T P`, where W does not depend on the batch. */
function patchesOf({ operation, operands }: Value): Value | undefined {
  if (operation.kind !== "matmul" || operands[0] === operands[1]) return undefined;
  const [left, right] = operands, { transposeA, transposeB } = operation;
  const isPatches = ({ operation }: Value) => operation.kind === "patches";
  if (!transposeA) return isPatches(left) && !right.shape.some(isBatch) ? left : undefined;
  if (transposeB) return undefined;
  return [left, right].find(isPatches);
}
