/**
 * The report as Markdown, for CI summaries and terminals.
 *
 * @module
 */
import { baselines, BASELINES_NOTE } from "./baselines.ts";
import { visible } from "./html.ts";
import { directionText, estimateText, metricText, namedMetric, splitText, unitText } from "./metric_names.ts";
import { numberText, secondsText } from "./numbers.ts";
import { type ReportData, statusText } from "./report_data.ts";
import { gateText, repeatCommand } from "./summary.ts";

/** Text with everything escaped that would be Markdown, HTML, a URL or a mention. */
export function escapeMarkdown(text: string): string {
  return visible(text).replace(/\s+/g, " ")
    .replace(/[\\`*_{}[\]#+!|~<>&$@]|:(?=\/\/)/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** Text as code: the fence is longer than any run of backticks in it. */
function code(text: string): string {
  const flat = visible(text).replace(/\s+/g, " ");
  const fence = "`".repeat(1 + Math.max(0, ...[...flat.matchAll(/`+/g)].map(([ticks]) => ticks.length)));
  return fence.length === 1 ? `\`${flat}\`` : `${fence} ${flat} ${fence}`;
}

/** Text as code inside of a table, where a bar must be escaped even in code. */
export function cellCode(text: string): string {
  return code(text).replaceAll("|", "\\|");
}

/** A table of cells that are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function metricTables(data: ReportData): string[] {
  const stages = Object.entries(data.metrics).filter(([, metrics]) => Object.keys(metrics).length > 0);
  return stages.flatMap(([stage, metrics]) => {
    const rows = Object.entries(metrics).map(([name, one]) => {
      const metric = namedMetric(name, one), { direction, level } = metric;
      return [
        cellCode(name),
        estimateText(metric, one.value),
        escapeMarkdown(unitText(metric)),
        directionText(direction),
        splitText(metric),
        level === undefined ? "–" : String(level),
      ];
    });
    const conditions = Object.entries(data.conditions?.[stage] ?? {});
    return [
      `### ${escapeMarkdown(stage)}`,
      ...(conditions.length === 0
        ? []
        : [conditions.map(([of, text]) => `- ${cellCode(of)}: ${escapeMarkdown(text)}`).join("\n")]),
      markdownTable(["metric", "value", "unit", "better", "split", "noise"], rows),
    ];
  });
}

function trainingLines(data: ReportData): string[] {
  return data.trainings.flatMap(({ stage, start, epochs }) => {
    const last = epochs.at(-1);
    if (last === undefined) return [`${escapeMarkdown(stage)}: no epoch was completed.`];
    const best = last.bestEpoch > 0
      ? `; best ${start?.monitor ?? "loss"} ${numberText(last.best)} ${
        escapeMarkdown(start?.unit ?? "")
      } at epoch ${last.bestEpoch}`
      : "";
    return [
      `${escapeMarkdown(stage)}: ${escapeMarkdown(start?.model ?? "a model")}, ${
        epochs.length.toLocaleString("en-US")
      } epochs of at most ${numberText(start?.epochs)}${best}.`,
    ];
  });
}

/** The metrics for which there is something to compare with. */
function baselineParts(data: ReportData): string[] {
  const compared = baselines(data);
  if (compared.length === 0) return [];
  const rows = compared.map(({ metric, value, reference, source, difference }) => [
    cellCode(metric.name),
    metricText(metric, value),
    metricText(metric, reference),
    escapeMarkdown(source),
    escapeMarkdown(difference),
  ]);
  const head = ["metric", "this run", "reference", "source", "difference"];
  return ["## Baselines", BASELINES_NOTE, markdownTable(head, rows)];
}

/** The report of a run as Markdown. */
export function markdownReport(data: ReportData): string {
  const { record, stages, warnings, problems } = data, command = repeatCommand(record);
  const failed = stages.filter(({ state }) => state === "failed" || state === "stopped");
  const notes = [
    ...gateText(data),
    ...failed.map(({ name, state, note }) => `${name} ${state}${note === null ? "" : `: ${note}`}`),
    ...warnings.map(({ stage, message }) => stage === undefined ? message : `${stage}: ${message}`),
    ...problems,
  ];
  const parts = [
    `# ${escapeMarkdown(record.pipeline || "Unnamed run")}: ${escapeMarkdown(statusText(data))}`,
    `Run ${escapeMarkdown(record.id)}, seed ${record.seed ?? "unknown"}, ${escapeMarkdown(data.engine)}${
      data.seconds === undefined ? "" : `, ${secondsText(data.seconds)}`
    }${record.reason === null ? "" : `: ${escapeMarkdown(record.reason)}`}.`,
    ...(notes.length > 0 ? ["## Notices", notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")] : []),
    ...baselineParts(data),
    ...(data.trainings.length > 0 ? ["## Training", trainingLines(data).join("\n\n")] : []),
    ...(Object.keys(data.metrics).length > 0 ? ["## All metrics", ...metricTables(data)] : []),
    ...(command === undefined ? [] : [
      "## Reproduce",
      `${record.git === null ? "" : `With the code of commit ${code(record.git.commit.slice(0, 10))}: `}${
        code(command)
      }`,
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}
