/**
 * The order in which a program computes its parts and adds up what they give: as two branches, one for each of two threads, each of which
 * adds up its own parts, and the sum of the two.
 *
 * @module
 */
import { secondBranch, type TreeSum } from "../../core/parts.ts";

/** One part: the block into which it writes, and the additions of blocks that follow it. */
export interface PartStep {
  readonly part: number;
  readonly block: number;
  readonly sums: readonly TreeSum[];
}

/** The parts of a program. The sum of a branch ends in its first block, that of all in block 0. */
export interface Branches {
  readonly first: readonly PartStep[];
  /** None where there is one part. */
  readonly second: readonly PartStep[];
  /** The first block of the second branch. */
  readonly secondBlock: number;
  /** How many blocks there are. */
  readonly blocks: number;
}

/** The branches of a step in `parts` parts. */
export function branchesOf(parts: number): Branches {
  const at = parts === 1 ? 1 : secondBranch(parts);
  const first = branch(0, at, 0), secondBlock = blocksOf(first);
  const second = branch(at, parts - at, secondBlock);
  return { first, second, secondBlock, blocks: Math.max(secondBlock, blocksOf(second)) };
}

/** Sums equal neighbours at once, so that few blocks are in use: the additions of `treeSums`, each as early as possible. */
function branch(firstPart: number, count: number, firstBlock: number): PartStep[] {
  const sizes: number[] = [];
  return Array.from({ length: count }, (_, at) => {
    const sums: TreeSum[] = [], block = firstBlock + sizes.length;
    sizes.push(1);
    while (sizes.length > 1 && (at === count - 1 || sizes.at(-1) === sizes.at(-2))) {
      const size = sizes.pop()!, from = firstBlock + sizes.length;
      sizes[sizes.length - 1] += size;
      sums.push({ to: from - 1, from });
    }
    return { part: firstPart + at, block, sums };
  });
}

/** The first number behind those of the blocks of a branch. */
function blocksOf(steps: readonly PartStep[]): number {
  return Math.max(0, ...steps.map(({ block }) => block + 1));
}
