/**
 * `metrics.json`: the metrics of each stage by its name, plus keys with the file's version and with the conditions under which they were
 * measured.
 *
 * @module
 */
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { readSmallText, writeFileAtomically } from "../core/files.ts";
import { otherVersionOf, SCHEMA } from "../core/schema_version.ts";

/** The metrics of each stage. */
export type Metrics = Record<string, Readonly<Record<string, number>>>;

/** The measuring conditions of each stage's metrics, as text. */
export type Conditions = Record<string, Readonly<Record<string, string>>>;

/** Keys that are no valid names of stages. */
const VERSION = "$version", CONDITIONS = "$conditions";

/** The schema of the file; what is no number counts as missing. */
const MetricsFile = z.object({
  [VERSION]: z.literal(SCHEMA.metrics),
  [CONDITIONS]: z.record(z.string(), z.record(z.string(), z.string())).catch({}).default({}),
}).catchall(z.record(z.string(), z.number().nullable().catch(null)));

/** Where it lies in a run folder. */
export const METRICS_FILE = "artifacts/metrics.json";

/** Writes the file into the artifacts of a run. */
export async function writeMetrics(folder: string, metrics: Metrics, conditions: Conditions): Promise<void> {
  const more = Object.keys(conditions).length === 0 ? {} : { [CONDITIONS]: conditions };
  const content = { [VERSION]: SCHEMA.metrics, ...metrics, ...more };
  await writeFileAtomically(`${folder}/${METRICS_FILE}`, JSON.stringify(content, null, 2) + "\n");
}

/** The content of the file. */
export interface ReadMetrics {
  /** `null`: not a number. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  readonly conditions: Conditions;
}

/** Reads the file of a run: `undefined` when there is none, a message when it cannot be used. Never throws. */
export async function readMetrics(folder: string): Promise<ReadMetrics | string | undefined> {
  const file = `${folder}/${METRICS_FILE}`;
  try {
    const content: unknown = JSON.parse(await readSmallText(file));
    const other = otherVersionOf("metrics", content, file, VERSION);
    if (other !== undefined) return other.message;
    const { data, error } = MetricsFile.safeParse(content);
    if (data === undefined) return `"${file}" must hold metrics, got: ${error.issues[0].message}`;
    const { [VERSION]: _, [CONDITIONS]: conditions, ...metrics } = data;
    return { metrics: metrics as ReadMetrics["metrics"], conditions };
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound
      ? undefined
      : `"${file}" must hold metrics, got: ${messageOf(thrown)}`;
  }
}
