/**
 * The table of results: this project's, published figures and limits, with date, machine and command.
 *
 * @module
 */
import { parseMetricAddress } from "../core/metric_address.ts";
import { baselines, publishedBaseline, publishedFor } from "./baselines.ts";
import { escapeMarkdown, markdownTable } from "./markdown.ts";
import { type Direction, type RecordedInfo, unitInfo } from "../pipeline/metric.ts";
import { metricText } from "./metric_names.ts";
import type { ReportData } from "./report_data.ts";

/** A number and, where it is known, its 95 % interval. */
interface Estimated {
  readonly value: number;
  readonly low?: number;
  readonly high?: number;
}

/** The results of the runs of one setting of a sweep. */
export interface SweepGroup {
  readonly label: string;
  readonly runs: number;
  readonly failed: number;
  readonly means: Readonly<Record<string, Estimated>>;
  /** The numbers that the means are of. */
  readonly values?: Readonly<Record<string, readonly number[]>>;
  readonly success?: Estimated;
  /** Its stages under its settings, where all runs have the same. @default {those of the pipeline} */
  readonly stages?: ReportData["record"]["stages"];
  /** The differences of its metrics from those of the baseline setting. */
  readonly differences?: Readonly<Record<string, Estimated & { readonly verdict: string }>>;
}

/** What metrics state of themselves, by `stage.metric`. */
export type MetricsInfo = Readonly<Record<string, RecordedInfo>>;

/** An experiment with its results. */
export interface Result {
  readonly title: string;
  /** The command that repeats it. */
  readonly command: string;
  /** A run, or a sweep. */
  readonly outcome:
    | { readonly kind: "run"; readonly data: ReportData; readonly seconds: number }
    | {
      readonly kind: "sweep";
      /** The stages of the pipeline before the settings of a group. */
      readonly stages: ReportData["record"]["stages"];
      /** How many settings the runs of a group have, where it is more than one; otherwise they differ in their seed alone. */
      readonly settingsOf?: Readonly<Record<string, number>>;
      readonly groups: readonly SweepGroup[];
      readonly success: string | null;
      readonly baseline?: string | null;
      /** Whether the numbers of all runs are listed. */
      readonly each?: boolean;
      /** What the metrics state of themselves, by `stage.metric`. */
      readonly info?: MetricsInfo;
    }
    | { readonly kind: "missing"; readonly why: string };
}

/** The page. */
export function resultsPage(
  results: readonly Result[],
  { date, machine, version }: { date: string; machine: string; version: string },
): string {
  return [
    "# Results",
    "",
    `Measured ${date} on ${machine}, Hourglass ${version}, by \`deno task experiments\` (which resumes where it was stopped, and runs nothing`,
    "twice). The command of each section repeats it alone. Losses are nats/sample: sums over pixels and latent dimensions, means over samples of the",
    "official test split unless a name says `train.`. Intervals are 95 %.",
    "",
    ...results.flatMap(section),
  ].join("\n");
}

function section({ title, command, outcome }: Result): string[] {
  const head = [`## ${title}`, "", `    ${command}`, ""];
  switch (outcome.kind) {
    case "run":
      return [...head, ...runLines(outcome.data, outcome.seconds), ""];
    case "sweep":
      return [
        ...head,
        ...sweepLines(outcome.groups, outcome.success, outcome.info),
        ...differenceLines(outcome.groups, outcome.info),
        ...verdictLines(outcome.groups, outcome.baseline ?? null),
        ...(outcome.each ? eachLines(outcome.groups, outcome.info) : []),
        ...baselineLines(outcome),
        "",
      ];
    case "missing":
      return [...head, `Not measured: ${outcome.why}.`, ""];
  }
}

function runLines(data: ReportData, seconds: number): string[] {
  const { id, engine, seed } = data.record;
  const rows = baselines(data).map(({ metric, value, reference, source, difference }) => [
    `\`${metric.name}\``,
    metricText(metric, value),
    metricText(metric, reference),
    escapeMarkdown(source),
    escapeMarkdown(difference),
  ]);
  return [
    `Run ${id}: seed ${seed}, ${engine?.name ?? "an unknown engine"}, ${seconds.toFixed(0)} s.`,
    "",
    ...(rows.length === 0
      ? ["There is no baseline for it; its numbers are in its report."]
      : [markdownTable(["metric", "this run", "reference", "source", "difference"], rows)]),
  ];
}

function sweepLines(
  groups: readonly SweepGroup[],
  success: string | null,
  info: MetricsInfo = {},
): string[] {
  const metrics = [...new Set(groups.flatMap(({ means }) => Object.keys(means)))]
    .filter((address) => !isDifference(info[address])).slice(0, MOST_COLUMNS);
  const head = [
    "setting",
    "runs",
    ...(success === null ? [] : [`\`${success}\``]),
    ...metrics.map((name) => `\`${name}\``),
  ];
  return [markdownTable(
    head,
    groups.map(({ label, runs, failed, means, success: rate }) => [
      escapeMarkdown(label),
      failed === 0 ? String(runs) : `${runs} (${failed} failed)`,
      ...(success === null ? [] : [rateText(rate)]),
      ...metrics.map((metric) => estimateText(means[metric])),
    ]),
  )];
}

/** Differences that each run has measured, as from a baseline on the same images: their means over the runs, with a verdict. */
function differenceLines(groups: readonly SweepGroup[], info: MetricsInfo = {}): string[] {
  const rows = groups.flatMap(({ label, means }) =>
    Object.entries(means).flatMap(([address, mean]) => {
      if (!isDifference(info[address])) return [];
      const verdict = signText(mean, info[address].direction);
      return [[escapeMarkdown(label), `\`${address}\``, estimateText(mean), verdict]];
    })
  );
  return rows.length === 0 ? [] : [
    "",
    "Differences within each run, their mean over the runs; a tie where its interval holds 0:",
    "",
    markdownTable(["setting", "metric", "difference", "verdict"], rows),
  ];
}

/** The verdict on a difference with its interval. */
function signText({ value, low, high }: Estimated, better: Direction): string {
  if (low === undefined || high === undefined) return "unknown";
  if (low <= 0 && high >= 0) return "a tie";
  const direction = value > 0 ? "higher" : "lower";
  if (better === "none") return direction;
  return direction === better ? "better" : "worse";
}

/** Whether a metric compares two others. */
function isDifference(info: RecordedInfo | undefined): boolean {
  return info !== undefined && unitInfo(info.unit).isDifference === true;
}

/** The numbers of all runs of each setting, in their order; those of the machine are not compared one by one. */
function eachLines(groups: readonly SweepGroup[], info: MetricsInfo = {}): string[] {
  const rows = groups.flatMap(({ label, values = {} }) =>
    Object.entries(values)
      .filter(([metric, own]) => new Set(own).size > 1 && !unitInfo(info[metric]?.unit ?? "").isOfMachine)
      .map(([metric, own]) => [escapeMarkdown(label), `\`${metric}\``, own.map(oneText).join(", ")])
  );
  return rows.length === 0
    ? []
    : ["", "Run by run:", "", markdownTable(["setting", "metric", "numbers"], rows)];
}

/** The number of a single run: four figures, and at least two places. */
function oneText(value: number): string {
  return Math.abs(value) < 100 ? value.toPrecision(4) : value.toFixed(2);
}

/** Published figures as references for the means of each group. */
function baselineLines(
  { stages, groups, settingsOf = {}, info: infos = {} }: Result["outcome"] & { readonly kind: "sweep" },
): string[] {
  const rows = groups.flatMap(({ label, means, values, stages: own = stages }) => {
    const averaging = settingsOf[label] === undefined ? undefined : `${settingsOf[label]} settings`;
    return Object.entries(means).flatMap(([address, { value, low, high }]) => {
      const { name } = parseMetricAddress(address),
        run = { stages: own, averaging, epochs: means["train.epochs"]?.value };
      const interval = low === undefined || high === undefined ? undefined : { low, high };
      const info = infos[address] ?? {}, measured = { value, info, interval, runs: values?.[address] };
      return publishedFor(run, new Map([[name, info]])).map((one) => {
        const { metric, reference, source, difference } = publishedBaseline(one, measured, run);
        return [
          escapeMarkdown(label),
          `\`${address}\``,
          metricText(metric, value),
          metricText(metric, reference),
          escapeMarkdown(source),
          escapeMarkdown(difference),
        ];
      });
    });
  });
  return rows.length === 0
    ? []
    : ["", markdownTable(["setting", "metric", "this run, mean", "reference", "source", "difference"], rows)];
}

/** How each setting compares with the baseline setting, one line per metric. */
function verdictLines(groups: readonly SweepGroup[], baseline: string | null): string[] {
  const others = groups.filter(({ differences }) => differences !== undefined);
  if (baseline === null || others.length === 0) return [];
  const metrics = [...new Set(others.flatMap(({ differences }) => Object.keys(differences!)))];
  return [
    "",
    `Compared with "${
      escapeMarkdown(baseline)
    }", seed by seed: the verdict and the difference, a tie where its interval holds 0.`,
    "",
    markdownTable(
      ["metric", ...others.map(({ label }) => escapeMarkdown(label))],
      metrics.map((metric) => [
        `\`${metric}\``,
        ...others.map(({ differences }) => differenceText(differences![metric])),
      ]),
    ),
    "",
    ...others.map((group) =>
      verdictSentence(group, groups.find(({ label }) => label === baseline), metrics[0])
    ),
  ];
}

/** The verdict on the first metric of a sweep as a list item: `- On `evaluate.mse`, "dense" is worse than "conv": +0.01 ± 0.002 (0.03 against 0.02).` */
function verdictSentence(
  { label, means, differences }: SweepGroup,
  base: SweepGroup | undefined,
  metric: string,
): string {
  const names = [label, base?.label ?? ""].map((name) => `"${escapeMarkdown(name)}"`);
  const difference = differences?.[metric], own = means[metric], other = base?.means[metric];
  if (difference === undefined || own === undefined || other === undefined) {
    return `- On \`${metric}\`, ${names.join(" and ")} cannot be compared: one of them was not measured.`;
  }
  const { value, verdict } = difference, sign = value > 0 ? "+" : "";
  const result = verdict === "tie"
    ? `${names.join(" and ")} tie`
    : verdict === "unknown"
    ? `there is no verdict on ${names.join(" and ")}, which takes three pairs of runs`
    : `${names[0]} is ${verdict} than ${names[1]}`;
  const ratio = own.value > 0 && other.value > 0
    ? `, ${Number((own.value / other.value).toPrecision(3))} times`
    : "";
  return `- On \`${metric}\`, ${result}: ${sign}${estimateText(difference)} (${
    Number(own.value.toPrecision(4))
  } against ${Number(other.value.toPrecision(4))}${ratio}).`;
}

function differenceText(difference: Estimated & { readonly verdict: string } | undefined): string {
  if (difference === undefined) return "–";
  const { value, verdict } = difference, sign = value > 0 ? "+" : "";
  return `${verdict} (${sign}${estimateText(difference)})`;
}

/** The most columns of metrics. */
const MOST_COLUMNS = 6;

function rateText(rate: Estimated | undefined): string {
  if (rate === undefined) return "–";
  const percent = (share: number) => (100 * share).toFixed(0);
  return `${percent(rate.value)} % (${percent(rate.low!)} to ${percent(rate.high!)})`;
}

function estimateText(estimate: Estimated | undefined): string {
  if (estimate === undefined) return "–";
  const { value, low, high } = estimate;
  if (low === undefined || high === undefined || low === high) return String(Number(value.toPrecision(4)));
  // As many places as the two figures of the interval have.
  const half = (high - low) / 2, places = Math.min(20, Math.max(0, 1 - Math.floor(Math.log10(half))));
  return `${Number(value.toFixed(places))} ± ${Number(half.toPrecision(2))}`;
}
