/**
 * `metrics.json`: the metrics of each stage by its name, plus one key with the conditions under which they were measured.
 *
 * @module
 */
import { writeFileAtomically } from "../core/files.ts";

/** The metrics of each stage. */
export type Metrics = Record<string, Readonly<Record<string, number>>>;

/** The measuring conditions of each stage's metrics, as text. */
export type Conditions = Record<string, Readonly<Record<string, string>>>;

/** The key of the conditions; not a valid stage name. */
export const CONDITIONS = "$conditions";

/** Writes the file into the artifacts of a run. */
export async function writeMetrics(folder: string, metrics: Metrics, conditions: Conditions): Promise<void> {
  const content = Object.keys(conditions).length === 0 ? metrics : { ...metrics, [CONDITIONS]: conditions };
  await writeFileAtomically(`${folder}/artifacts/metrics.json`, JSON.stringify(content, null, 2) + "\n");
}

/** The metrics in the content of such a file, without the conditions. */
export function numbersOf(content: Readonly<Record<string, unknown>>): Metrics {
  const { [CONDITIONS]: _, ...metrics } = content;
  return metrics as Metrics;
}
