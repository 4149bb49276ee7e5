/**
 * `metrics.json`: the numbers of each stage by its name, and under one key more the conditions under which they were measured.
 *
 * @module
 */
import { writeFileAtomically } from "../core/files.ts";

/** The numbers of each stage. */
export type Metrics = Record<string, Readonly<Record<string, number>>>;

/** What must be known of the numbers of each stage, in words. */
export type Conditions = Record<string, Readonly<Record<string, string>>>;

/** The key of the conditions; no stage can be called so. */
export const CONDITIONS = "$conditions";

/** Writes the file into the artifacts of a run. */
export async function writeMetrics(folder: string, metrics: Metrics, conditions: Conditions): Promise<void> {
  const content = Object.keys(conditions).length === 0 ? metrics : { ...metrics, [CONDITIONS]: conditions };
  await writeFileAtomically(`${folder}/artifacts/metrics.json`, JSON.stringify(content, null, 2) + "\n");
}

/** The numbers alone, of what was read from such a file. */
export function numbersOf(content: Readonly<Record<string, unknown>>): Metrics {
  const { [CONDITIONS]: _, ...metrics } = content;
  return metrics as Metrics;
}
