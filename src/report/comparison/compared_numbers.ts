/**
 * The numbers of several runs side by side: means over seeds with intervals, success rates, and verdicts that recognise ties.
 *
 * @module
 */
import { comparability, groupRuns, type RunGroup } from "./comparable.ts";
import { type Html, html } from "../html.ts";
import { compareGroups, seedMean } from "./intervals.ts";
import {
  directionText,
  isShare,
  metricText,
  type NamedMetric,
  namedMetric,
  splitText,
  unitText,
} from "../metric_names.ts";
import { numberCell, sortable } from "../metrics.ts";
import { isNumber, MISSING, numberText } from "../numbers.ts";
import { unitInfo } from "../../pipeline/metric.ts";
import type { ReportData, ReportMetric } from "../report_data.ts";

/** Runs with the metrics of each. */
export interface Compared {
  readonly runs: readonly ReportData[];
  readonly metrics: readonly ReadonlyMap<string, ReportMetric>[];
  readonly groups: readonly RunGroup[];
}

/** Takes runs together; `labels` are the names of their settings. */
export function compare(runs: readonly ReportData[], labels?: readonly string[]): Compared {
  const shared = sharedNames(runs);
  const metrics = runs.map((run) =>
    new Map(
      Object.entries(run.metrics).flatMap(([stage, numbers]) =>
        Object.entries(numbers).map(([name, one]) => [shared.has(name) ? `${stage}.${name}` : name, one])
      ),
    )
  );
  return { runs, metrics, groups: groupRuns(runs, labels) };
}

/** The names of metrics that more than one stage of a run has: their stage becomes a prefix. */
function sharedNames(runs: readonly ReportData[]): Set<string> {
  return new Set(runs.flatMap(({ metrics }) => {
    const names = Object.values(metrics).flatMap((numbers) => Object.keys(numbers));
    return names.filter((name, at) => names.indexOf(name) !== at);
  }));
}

/** A metric of the runs by its name there; where runs state different units or directions of it, it has neither. */
export function comparedMetric({ metrics }: Compared, name: string): NamedMetric {
  const infos = metrics.flatMap((run) => run.get(name) ?? []), [first] = infos;
  const isSame = infos.every(({ unit, direction }) => unit === first.unit && direction === first.direction);
  return namedMetric(name, isSame ? first : { ...first, unit: "units differ", direction: "none" });
}

/** The numbers of a group: its mean with the interval. */
export function groupText(metric: NamedMetric, values: readonly number[]): string {
  if (values.length === 0) return MISSING;
  const { mean, half } = seedMean(values);
  const interval = half === undefined || half === 0
    ? ""
    : ` ± ${isShare(metric) ? metricText(metric, half) : numberText(half, 2)}`;
  return `${metricText(metric, mean)}${interval}`;
}

/** How a group compares with the first, as text; measures of the machine are not compared over seeds. */
export function verdict(
  { direction, unit = "" }: NamedMetric,
  first: readonly number[],
  other: readonly number[],
): string {
  const result = compareGroups(first, other);
  if (direction === undefined || direction === "none" || unitInfo(unit).isOfMachine) return "–";
  if (result === "unknown") return "too few seeds";
  if (result === "tie") return "a tie";
  return result === direction ? "better" : "worse";
}

/** A group's values of a metric, those that are numbers. */
export function groupValues({ metrics }: Compared, name: string, { places }: RunGroup): number[] {
  return places.map((at) => metrics[at].get(name)?.value).filter(isNumber);
}

/** One metric: unit, direction and split, each group's mean, and how the other groups compare with the first. */
function metricRow(compared: Compared, name: string): Html {
  const metric = comparedMetric(compared, name),
    values = compared.groups.map((group) => groupValues(compared, name, group));
  const cells = values.map((own) =>
    numberCell(own.length > 0 ? seedMean(own).mean : null, groupText(metric, own))
  );
  const verdicts = values.slice(1).map((own) => {
    const word = verdict(metric, values[0], own);
    return html`<td class="${word === "better" ? "good" : word === "worse" ? "bad" : "even"}">${word}</td>`;
  });
  return html`<tr><th scope="row"><code>${name}</code></th><td>${unitText(metric)}</td><td>${
    directionText(metric.direction)
  }</td><td>${splitText(metric)}</td>${cells}${verdicts}</tr>`;
}

function groupsTable(compared: Compared): Html {
  const { metrics, groups } = compared;
  const names = [...new Set(metrics.flatMap((run) => [...run.keys()]))];
  const means = groups.map(({ name, places }) => `${name} (n = ${places.length})`);
  const head = [
    "metric",
    "unit",
    "better",
    "split",
    ...means,
    ...groups.slice(1).map(({ name }) => `${name} vs ${groups[0].name}`),
  ];
  return html`
    <div class="scroll">
      <table class="sortable">${sortable(head, means)}<tbody>${names.map((name) =>
        metricRow(compared, name)
      )}</tbody></table>
    </div>
  `;
}

/** Metrics that count as success at a certain value, with a description of that success. */
const SUCCESS = [
  {
    metric: "worstWrongPixels",
    reached: (value: number) => value === 0,
    description: "no wrong pixel in any sample",
  },
] as const;

/** How many runs of each group succeeded, one sentence each. */
export function successLines(compared: Compared): string[] {
  return SUCCESS.flatMap(({ metric, reached, description }) =>
    compared.groups.flatMap((group) => {
      const values = groupValues(compared, metric, group);
      if (values.length === 0) return [];
      return [`${group.name}: ${description} in ${values.filter(reached).length} of ${values.length} runs`];
    })
  );
}

/** The section. */
export function numbersSection(compared: Compared): Html {
  const reasons = comparability(compared.runs), { groups } = compared, successes = successLines(compared);
  const content = reasons.length > 0
    ? html`<p class="alarm">These numbers are not compared: ${reasons.join("; ")}.</p>`
    : html`
      <p
        class="note">Means over the runs of a group with 95 % intervals (Student's t).${groups.length > 1 &&
          ` Better and worse are relative to ${
            groups[0].name
          } where both have at least three seeds and the interval of the difference excludes 0; otherwise it is a tie.`}</p>${successes
              .length > 0 && html`<ul>${successes.map((line) => html`<li>${line}</li>`)}</ul>`}${groupsTable(
            compared,
          )}
    `;
  return html`<section id="numbers"><h2>Numbers</h2>${content}</section>`;
}
