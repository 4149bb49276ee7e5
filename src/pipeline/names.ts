/**
 * What the stages of a pipeline are called.
 *
 * @module
 */
import type { Fault } from "../core/fault.ts";
import type { AnyPipeline } from "./pipeline.ts";

const StageName = /^[\p{L}\p{N}][\p{L}\p{N} _-]{0,39}$/u;

/** Whether a text may be the name of a stage. */
export function isStageName(name: string): boolean {
  return StageName.test(name);
}

/** A unique name for each stage: what its `name` option says, else its kind, with the first number that is free. */
export function stageNames(pipeline: AnyPipeline): string[] {
  const given = pipeline.stages.map(({ options: { name } }) =>
    typeof name === "string" && name !== "" ? name : undefined
  );
  const used = new Set<string>();
  return pipeline.stages.map(({ kind }, position) => {
    const wanted = given[position] ?? kind;
    // A name that a file gave is kept free for its stage.
    const isFree = (name: string) => !used.has(name) && (name === given[position] || !given.includes(name));
    let name = wanted;
    for (let number = 2; !isFree(name); number++) name = `${wanted}${number}`;
    used.add(name);
    return name;
  });
}

/** Names that `--set` could not address, or that cannot begin a file's name. */
export function invalidNames(names: readonly string[]): Fault[] {
  return names.filter((name) => !StageName.test(name)).map((name) => ({
    path: `${name}.name`,
    message:
      `must be 1 to 40 letters, digits, blanks, dashes or underscores and begin with a letter or digit, got ${
        JSON.stringify(name)
      }`,
  }));
}
