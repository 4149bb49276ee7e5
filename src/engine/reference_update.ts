// P = all parameters together.

/**
 * An optimizer update by the reference engine: the rule's graph in double precision, part by part.
 *
 * @module
 */
import type { Engine, Floats } from "./engine.ts";
import { UPDATE, updateBlocks, type UpdateRule } from "./update_rule.ts";

/** Parameters of a part. */
const PART = 1024;

/** The blocks of an update, each of length P. */
export interface Updated {
  readonly parameters: Floats;
  readonly gradients: Floats;
  readonly slots: readonly Floats[];
}

/** Prepares updates by a rule, computed by an engine of double precision. */
export function referenceUpdate(
  engine: Engine,
  { graph }: UpdateRule,
  updated: Updated,
): (scalars: ArrayLike<number>) => void {
  const program = engine.compile(graph, { capacity: PART });
  const blocks = updateBlocks(updated), count = updated.parameters.length;
  const read = [...blocks].filter(([name]) => graph.inputs.has(name));
  const written = [...graph.outputs.keys()].map((name): [string, Floats] => [name, blocks.get(name)!]);
  return (scalars) => {
    for (let at = 0; at < scalars.length; at++) {
      const name = UPDATE.scalar(at);
      if (graph.inputs.has(name)) program.input(name)[0] = scalars[at];
    }
    for (let start = 0; start < count; start += PART) {
      const end = Math.min(start + PART, count);
      for (const [name, block] of read) program.input(name).set(block.subarray(start, end));
      program.run(end - start);
      for (const [name, block] of written) {
        block.set(program.output(name).subarray(0, end - start), start);
      }
    }
  };
}
