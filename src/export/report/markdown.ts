/**
 * The report as Markdown, for summaries of continuous integration and for reading in a terminal.
 *
 * @module
 */
import { baselines, BASELINES_NOTE } from "./baselines.ts";
import { visible } from "./html.ts";
import { directionText, metricText, parseMetric, splitText } from "./metric_words.ts";
import { numberText, secondsText } from "./numbers.ts";
import { type ReportData, statusText } from "./report_data.ts";
import { gateText, repeatCommand } from "./story.ts";

/** Text in which nothing is Markdown, HTML, an address or a mention of a person. */
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

/** A table; cells are Markdown already. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}

function metricTables(data: ReportData): string[] {
  const stages = Object.entries(data.metrics).filter(([, metrics]) => Object.keys(metrics).length > 0);
  return stages.flatMap(([stage, metrics]) => {
    const told = data.trainings.find((training) => training.stage === stage)?.told;
    const rows = Object.entries(metrics).map(([name, value]) => {
      const metric = parseMetric(name), { words, level } = metric;
      return [
        cellCode(name),
        metricText(metric, value),
        words?.unit === "loss" ? escapeMarkdown(told?.unit ?? "loss") : words?.unit ?? "–",
        directionText(words?.better),
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
  return data.trainings.flatMap(({ stage, told, epochs }) => {
    const last = epochs.at(-1);
    if (last === undefined) return [`${escapeMarkdown(stage)}: no epoch was finished.`];
    const best = last.bestEpoch > 0
      ? `; best ${told?.monitor ?? "loss"} ${numberText(last.best)} ${
        escapeMarkdown(told?.unit ?? "")
      } at epoch ${last.bestEpoch}`
      : "";
    return [
      `${escapeMarkdown(stage)}: ${escapeMarkdown(told?.model ?? "a model")}, ${
        epochs.length.toLocaleString("en-US")
      } epochs of at most ${numberText(told?.epochs)}${best}.`,
    ];
  });
}

/** The report of a run as Markdown. */
export function markdownReport(data: ReportData): string {
  const { record, stages, warnings, problems } = data, command = repeatCommand(record);
  const failed = stages.filter(({ state }) => state === "failed" || state === "stopped");
  const notes = [
    ...gateText(data),
    ...failed.map(({ name, state, note }) => `${name} ${state}${note === undefined ? "" : `: ${note}`}`),
    ...warnings.map(({ stage, message }) => stage === undefined ? message : `${stage}: ${message}`),
    ...problems,
  ];
  const beside = baselines(data);
  const parts = [
    `# ${escapeMarkdown(record.pipeline || "A run without a name")}: ${escapeMarkdown(statusText(data))}`,
    `Run ${escapeMarkdown(record.id)}, seed ${record.seed ?? "not known"}, ${escapeMarkdown(data.engine)}${
      data.seconds === undefined ? "" : `, ${secondsText(data.seconds)}`
    }${record.reason === null ? "" : `: ${escapeMarkdown(record.reason)}`}.`,
    ...(notes.length > 0
      ? ["## Worth knowing", notes.map((note) => `- ${escapeMarkdown(note)}`).join("\n")]
      : []),
    ...(beside.length > 0
      ? [
        "## Baselines",
        BASELINES_NOTE,
        markdownTable(
          ["metric", "this run", "reference", "source", "difference"],
          beside.map(({ metric, value, reference, source, difference }) => [
            cellCode(metric.name),
            metricText(metric, value),
            metricText(metric, reference),
            escapeMarkdown(source),
            escapeMarkdown(difference),
          ]),
        ),
      ]
      : []),
    ...(data.trainings.length > 0 ? ["## Training", trainingLines(data).join("\n\n")] : []),
    ...(Object.keys(data.metrics).length > 0 ? ["## All numbers", ...metricTables(data)] : []),
    ...(command === undefined ? [] : [
      "## Repeat it",
      `${record.git === null ? "" : `With the code of commit ${code(record.git.commit.slice(0, 10))}: `}${
        code(command)
      }`,
    ]),
  ];
  return `${parts.join("\n\n")}\n`;
}
