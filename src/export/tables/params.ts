/**
 * `params.yaml`: what a run computed with, for `dvc params diff` and the like.
 *
 * @module
 */
import { yaml } from "./yaml.ts";

/** What decides the numbers of a run. */
export interface RunParameters {
  readonly pipeline: string;
  readonly seed: number;
  /** The engine; threads `null`: chosen for each step. */
  readonly engine: { readonly name: string; readonly threads: number | null };
  /** All stages with their complete options. */
  readonly stages: readonly { readonly name: string; readonly options: unknown }[];
}

/** The parameters as YAML, options by stage: `stages.train.epochs`. */
export function paramsYaml({ pipeline, seed, engine: { name, threads }, stages }: RunParameters): string {
  return yaml({
    pipeline,
    seed,
    engine: { name, threads },
    stages: Object.fromEntries(stages.map(({ name, options }) => [name, options])),
  });
}
