/**
 * The page of a sweep as Markdown: for CI, and for terminals.
 *
 * @module
 */
import { plural } from "../../core/amounts.ts";
import type { SweepResults } from "../../sweep/results.ts";
import { settingText } from "../../sweep/setting_text.ts";
import { metricOf } from "../../sweep/view.ts";
import { cellCode, escapeMarkdown, markdownTable } from "../markdown.ts";
import { metricText } from "../metric_names.ts";
import { percentText } from "../numbers.ts";
import { importanceNote, importanceRows } from "./importance_figure.ts";
import { meanText, rankedName, rankingNote, successText, trialsText } from "./ranking_table.ts";
import { failures, statesText, trialText } from "./sweep_page.ts";

/** The most rows: a terminal is no place for more. */
const MOST_ROWS = 30;

function rankingTable(results: SweepResults): string {
  const { ranked, axes, success } = results, metric = rankedName(results);
  const head = [
    "rank",
    ...(metric === undefined ? [] : [cellCode(metric.name)]),
    ...(success === null ? [] : ["success"]),
    "trials",
    ...(axes.length === 0 ? ["setting"] : axes.map(({ path }) => cellCode(path))),
  ];
  return markdownTable(
    head,
    ranked.slice(0, MOST_ROWS).map((setting, at) => [
      String(at + 1),
      ...(metric === undefined ? [] : [meanText(setting, metric)]),
      ...(success === null ? [] : [successText(setting)]),
      trialsText(setting),
      ...(axes.length === 0
        ? [escapeMarkdown(setting.label)]
        : axes.map(({ values }) => escapeMarkdown(settingText(values[at])))),
    ]),
  );
}

function notices(results: SweepResults): string[] {
  const lines = [
    ...results.notices,
    ...failures(results).map(({ trials, reason }) => `${trials}: ${reason}`),
  ];
  return lines.length === 0
    ? []
    : ["## Notices", lines.map((line) => `- ${escapeMarkdown(line)}`).join("\n")];
}

function bestTrial(results: SweepResults): string[] {
  const { best, command } = results, metric = rankedName(results);
  if (best === undefined || metric === undefined) return [];
  const value = metricOf(best, metric.name);
  return [
    "## Best trial",
    `${escapeMarkdown(trialText(best))}: ${cellCode(metric.name)} ${metricText(metric, value)}`,
    ...(command === undefined ? [] : [cellCode(command)]),
  ];
}

/** The results of a sweep as Markdown. */
export function sweepMarkdown(results: SweepResults): string {
  const { view, ranked } = results, importance = importanceRows(results);
  const rest = ranked.length - MOST_ROWS;
  return [
    `# Sweep of ${escapeMarkdown(view.pipeline)}: ${statesText(results)}`,
    ...notices(results),
    ...bestTrial(results),
    "## Settings",
    escapeMarkdown(rankingNote(results)),
    rankingTable(results),
    ...(rest > 0 ? [`${plural(rest, "more setting")} in table.csv and on the page.`] : []),
    ...(importance === undefined ? [] : [
      "## Importance",
      escapeMarkdown(importanceNote(results)),
      markdownTable(
        ["setting", "share"],
        importance.map(({ name, share }) => [cellCode(name), percentText(share)]),
      ),
    ]),
  ].join("\n\n") + "\n";
}
