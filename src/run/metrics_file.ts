/**
 * `metrics.json`: the values of each stage's metrics by name, so that `jq .evaluate.elbo` reads one. Keys that are no names of stages hold
 * the rest: the version of the file, what each metric states of itself, and the conditions under which they were measured.
 *
 * @module
 */
import { z } from "zod";
import { messageOf } from "../core/errors.ts";
import { readSmallText, writeFileAtomically } from "../core/files.ts";
import { otherVersionOf, SCHEMA } from "../core/schema_version.ts";
import { INTERVAL_ENDS, type Metric, type Metrics, metricValues, RecordedInfo } from "../pipeline/metric.ts";

/** The metrics of each stage. */
export type StageMetrics = Record<string, Metrics>;

/** The measuring conditions of each stage's metrics, as text. */
export type Conditions = Record<string, Readonly<Record<string, string>>>;

/** Keys that are no valid names of stages. */
const VERSION = "$version", INFO = "$info", CONDITIONS = "$conditions";

/** The schema of the file; what is no number counts as missing, and a metric that states nothing valid of itself has its value alone. */
const MetricsFile = z.object({
  [VERSION]: z.literal(SCHEMA.metrics),
  [INFO]: z.record(z.string(), z.record(z.string(), RecordedInfo.optional().catch(undefined))).catch({})
    .default({}),
  [CONDITIONS]: z.record(z.string(), z.record(z.string(), z.string())).catch({}).default({}),
}).catchall(z.record(z.string(), z.number().nullable().catch(null)));

/** Where it lies in a run folder. */
export const METRICS_FILE = "artifacts/metrics.json";

/** Writes the file into the artifacts of a run. */
export async function writeMetrics(
  folder: string,
  metrics: StageMetrics,
  conditions: Conditions,
): Promise<void> {
  const content = {
    [VERSION]: SCHEMA.metrics,
    ...mapped(metrics, metricValues),
    [INFO]: mapped(metrics, (own) => mapped(own, infoOf)),
    ...Object.keys(conditions).length === 0 ? {} : { [CONDITIONS]: conditions },
  };
  await writeFileAtomically(`${folder}/${METRICS_FILE}`, JSON.stringify(content, null, 2) + "\n");
}

function infoOf({ value: _, ...info }: Metric): RecordedInfo {
  return info;
}

function mapped<From, To>(
  record: Readonly<Record<string, From>>,
  to: (value: From) => To,
): Record<string, To> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, to(value)]));
}

/** A metric in the file; a damaged one may state nothing of itself. `null`: not a number. */
export type FileMetric = { readonly value: number | null } & Partial<RecordedInfo>;

/** The content of the file. */
export interface ReadMetrics {
  /** The values alone, the ends of intervals as `NAMELow` and `NAMEHigh` included. */
  readonly values: Readonly<Record<string, Readonly<Record<string, number | null>>>>;
  /** The metrics of each stage. */
  readonly metrics: Readonly<Record<string, Readonly<Record<string, FileMetric>>>>;
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
    const { [VERSION]: _, [INFO]: info, [CONDITIONS]: conditions, ...rest } = data;
    const values = rest as ReadMetrics["values"];
    const metrics = Object.fromEntries(
      Object.entries(values).map(([stage, own]) => [stage, withInfo(own, info[stage] ?? {})]),
    );
    return { values, metrics, conditions };
  } catch (thrown) {
    return thrown instanceof Deno.errors.NotFound
      ? undefined
      : `"${file}" must hold metrics, got: ${messageOf(thrown)}`;
  }
}

/** Values with what is stated of them; the ends of an interval are part of its metric. */
function withInfo(
  values: Readonly<Record<string, number | null>>,
  info: Readonly<Record<string, RecordedInfo | undefined>>,
): Record<string, FileMetric> {
  const ends = new Set(
    Object.entries(info).filter(([, own]) => own?.interval !== undefined)
      .flatMap(([name]) => Object.values(INTERVAL_ENDS).map((end) => `${name}${end}`)),
  );
  return Object.fromEntries(
    Object.entries(values).filter(([name]) => !ends.has(name) || Object.hasOwn(info, name))
      .map(([name, value]) => [name, { value, ...Object.hasOwn(info, name) ? info[name] : {} }]),
  );
}
