/**
 * A comparison as Markdown: for CI, and for terminals.
 *
 * @module
 */
import { comparability } from "./comparable.ts";
import {
  compare,
  type Compared,
  comparedMetric,
  groupText,
  groupValues,
  successLines,
  verdict,
} from "./compared_numbers.ts";
import { cellCode, escapeMarkdown, markdownTable } from "../markdown.ts";
import { directionText, splitText, unitText } from "../metric_names.ts";
import { MISSING, secondsText } from "../numbers.ts";
import type { ReportData } from "../report_data.ts";
import { outcomeText } from "../summary.ts";

/** The numbers of each group, and how the others compare with the first. */
function numbersTable(compared: Compared): string {
  const { metrics, groups } = compared;
  const names = [...new Set(metrics.flatMap((run) => [...run.keys()]))];
  const head = [
    "metric",
    "unit",
    "better",
    "split",
    ...groups.map(({ name, places }) => `${escapeMarkdown(name)} (n = ${places.length})`),
    ...groups.slice(1).map(({ name }) => `${escapeMarkdown(name)} vs ${escapeMarkdown(groups[0].name)}`),
  ];
  return markdownTable(
    head,
    names.map((name) => {
      const metric = comparedMetric(compared, name),
        values = groups.map((group) => groupValues(compared, name, group));
      return [
        cellCode(name),
        escapeMarkdown(unitText(metric)),
        directionText(metric.direction),
        splitText(metric),
        ...values.map((own) => groupText(metric, own)),
        ...values.slice(1).map((own) => verdict(metric, values[0], own)),
      ];
    }),
  );
}

function runsTable({ runs, groups }: Compared): string {
  return markdownTable(
    ["run", "group", "seed", "status", "took"],
    runs.map((run, at) => [
      cellCode(run.record.id === "" ? `run ${at + 1}` : run.record.id),
      escapeMarkdown(groups.find(({ places }) => places.includes(at))?.name ?? MISSING),
      String(run.record.seed ?? MISSING),
      escapeMarkdown(outcomeText(run)),
      secondsText(run.seconds),
    ]),
  );
}

/** The comparison as Markdown; `labels` are the names of the runs' settings. */
export function comparisonMarkdown(runs: readonly ReportData[], labels?: readonly string[]): string {
  const compared = compare(runs, labels), reasons = comparability(runs), { groups } = compared;
  const pipelines = [...new Set(runs.map(({ record }) => record.pipeline))];
  const numbers = reasons.length > 0
    ? [`**These numbers are not compared: ${reasons.map(escapeMarkdown).join("; ")}.**`]
    : [
      "Means over the runs of a group with 95 % intervals (Student's t).",
      ...successLines(compared).map((line) => `- ${escapeMarkdown(line)}`),
      numbersTable(compared),
    ];
  return [
    `# ${pipelines.map(escapeMarkdown).join(", ")}: ${runs.length} runs in ${groups.length} ${
      groups.length === 1 ? "group" : "groups"
    }`,
    "## Numbers",
    ...numbers,
    "## The runs",
    runsTable(compared),
  ].join("\n\n") + "\n";
}
