/**
 * The table of settings, the best first.
 *
 * @module
 */
import { countText, plural } from "../../core/amounts.ts";
import type { RankedSetting } from "../../sweep/ranking.ts";
import type { SweepResults } from "../../sweep/results.ts";
import { settingText, shortPaths } from "../../sweep/setting_text.ts";
import { type Html, html } from "../html.ts";
import { directionText, isShare, metricText, type NamedMetric, namedMetric } from "../metric_names.ts";
import { numberCell, sortable } from "../metrics.ts";
import { MISSING, numberText } from "../numbers.ts";

/** The most rows; the rest is in the table of trials. */
const MOST_ROWS = 200;

/** The mean of a setting with half of its interval: `0.502 ± 0.0025`. */
export function meanText({ mean }: RankedSetting, metric: NamedMetric): string {
  if (mean === undefined) return MISSING;
  const { value, low, high } = mean, half = low === undefined || high === undefined ? 0 : (high - low) / 2;
  const interval = half === 0 ? "" : ` ± ${isShare(metric) ? metricText(metric, half) : numberText(half, 2)}`;
  return `${metricText(metric, value)}${interval}`;
}

/** The trials of a setting: `3`, `2 of 3, 1 failed`. */
export function trialsText({ trials, values }: RankedSetting): string {
  const count = (state: string) => trials.filter((trial) => trial.state === state).length;
  const others = [[count("failed"), "failed"], [count("stoppedEarly"), "stopped early"]] as const;
  return [
    values.length === trials.length ? countText(trials.length) : `${values.length} of ${trials.length}`,
    ...others.filter(([own]) => own > 0).map(([own, what]) => `${own} ${what}`),
  ].join(", ");
}

/** The share of the trials of a setting that met the rule, with its interval. */
export function successText({ success }: RankedSetting): string {
  if (success === undefined) return MISSING;
  const { value, low, high } = success, percent = (share: number) => `${(100 * share).toFixed(0)} %`;
  return `${percent(value)} (${percent(low)} to ${percent(high)})`;
}

/** The metric of the ranking, named. */
export function rankedName({ view: { metric } }: SweepResults): NamedMetric | undefined {
  return metric === null ? undefined : namedMetric(metric.address, metric.info);
}

/** What the table shows, in a sentence or two. */
export function rankingNote(results: SweepResults): string {
  const { ranked, success } = results, metric = rankedName(results);
  const by = metric === undefined
    ? "No metric with a direction was measured: settings are in the order of the sweep."
    : `By ${metric.name} (${metric.unit}), ${
      directionText(metric.direction)
    } is better: the mean over seeds with its 95 % interval (Student's t).`;
  const rule = success === null
    ? ""
    : ` Success is ${success}: the share of trials with its 95 % interval (Wilson).`;
  const rest = ranked.length <= MOST_ROWS
    ? ""
    : ` The best ${MOST_ROWS} of ${plural(ranked.length, "setting")}; table.csv has every trial.`;
  return `${by}${rule}${rest}`;
}

/** The section. */
export function rankingSection(results: SweepResults): Html {
  const { ranked, axes, success } = results, metric = rankedName(results);
  const numbers = [
    "rank",
    ...(metric === undefined ? [] : [metric.name]),
    ...(success === null ? [] : ["success"]),
  ];
  const paths = shortPaths(axes.map(({ path }) => path));
  const numeric = paths.filter((_, at) => axes[at].values.every((value) => typeof value === "number"));
  const head = [...numbers, "trials", ...(axes.length === 0 ? ["setting"] : paths)];
  const rows = ranked.slice(0, MOST_ROWS).map((setting, at) => {
    const cells = axes.length === 0
      ? [html`<td>${setting.label}</td>`]
      : axes.map(({ values }) => settingCell(values[at]));
    const own = metric === undefined ? [] : [numberCell(setting.mean?.value, meanText(setting, metric))];
    const rate = success === null ? [] : [numberCell(setting.success?.value, successText(setting))];
    return html`<tr>${numberCell(at + 1, String(at + 1))}${own}${rate}<td>${
      trialsText(setting)
    }</td>${cells}</tr>`;
  });
  return html`
    <section id="settings">
      <h2>Settings</h2>
      <p class="note">${rankingNote(results)}</p>
      <div class="scroll">
        <table class="sortable">${sortable(head, [...numbers, ...numeric])}<tbody>${rows}</tbody></table>
      </div>
    </section>
  `;
}

function settingCell(value: unknown): Html {
  const text = settingText(value);
  return typeof value === "number" ? numberCell(value, text) : html`<td>${text}</td>`;
}
