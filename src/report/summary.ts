/**
 * The head of a report: which run it is, how it ended, its main metrics and how to reproduce it.
 *
 * @module
 */
import { REDACTED } from "../core/secrets.ts";
import { shellWord } from "../core/shell_word.ts";
import { typed } from "../core/typed_command.ts";
import { GATE_FAILED } from "../pipeline/gates.ts";
import { unitInfo } from "../pipeline/metric.ts";
import { type Html, html } from "./html.ts";
import { metricText, type NamedMetric, namedMetric, unitText } from "./metric_names.ts";
import { MISSING, momentText, secondsText } from "./numbers.ts";
import type { PartialRecord } from "../run/partial_record.ts";
import { type ReportData, type ReportMetric, statusText } from "./report_data.ts";

/** The most important metrics first; the head shows the first of these that were measured, else the first that have a direction. */
const HEADLINE_METRICS = [
  "elbo",
  "importanceBound",
  "auroc",
  "pixelAccuracy@0.5",
  "worstWrongPixels",
  "activeUnits",
  "pixelAccuracy",
  "mse",
  "bestLoss",
];

/** The metrics of all stages, by name. Where several stages measured one, that of `evaluate` counts, else the last. */
export function allMetrics({ metrics, stages }: ReportData): Map<string, ReportMetric> {
  const isEvaluation = (name: string) => stages.find((stage) => stage.name === name)?.kind === "evaluate";
  const inOrder = Object.entries(metrics).toSorted(([a], [b]) =>
    Number(isEvaluation(a)) - Number(isEvaluation(b))
  );
  return new Map(inOrder.flatMap(([, stage]) => Object.entries(stage)));
}

/** Options that change the display or how long a process runs, not the results: their names, and whether a value follows. */
const DISPLAY_OPTIONS: Readonly<Record<string, boolean>> = {
  "--ui": true,
  "--theme": true,
  "--log-every": true,
  "--runs": true,
  "--resume": true,
  "--max-time": true,
  "--max-epochs": true,
  "--webhook": true,
  "--needed": false,
  "--exclusive": false,
  "--detach": false,
  "--debug": false,
};

/** The command that reproduces a run: as typed, with the run's seed and engine; `undefined` when it is unknown. */
export function repeatCommand({ argv, seed, engine }: PartialRecord): string | undefined {
  if (argv.length === 0) return undefined;
  const words: string[] = [];
  for (let at = 0; at < argv.length; at++) {
    const name = argv[at].split("=")[0];
    // A redacted secret cannot be reproduced, and has no effect on results.
    if (argv[at] === `${name}=${REDACTED}`) continue;
    if (!Object.hasOwn(DISPLAY_OPTIONS, name)) words.push(argv[at]);
    else if (DISPLAY_OPTIONS[name] && !argv[at].includes("=")) at++;
  }
  const add = (option: string, value: string | number | null | undefined) => {
    if (
      value === null || value === undefined ||
      words.some((word) => word === option || word.startsWith(`${option}=`))
    ) return;
    words.push(option, String(value));
  };
  add("--seed", seed);
  add("--engine", engine?.name);
  add("--threads", engine?.threads);
  return typed(words.map(shellWord).join(" "));
}

/** The run in a sentence or two. */
function summaryText(data: ReportData): Html {
  const { record, stages } = data;
  const done = stages.filter(({ state }) => state === "finished").length;
  const status = statusText(data);
  const why = record.reason ??
    (status === "not finished" ? "still running, or ended unexpectedly (no end event)" : "");
  return html`${
    stages.length > 0 && html`<p class="chain">${stages.map(({ name }) => name).join(" → ")}</p>`
  }<p>Seed ${record.seed ?? MISSING}, ${data.engine}. ${done} of ${stages.length} stages ${
    done === 1 ? "is" : "are"
  } done${data.seconds !== undefined && ` in ${secondsText(data.seconds)}`}${
    why !== "" && html`: ${why}`
  }.</p>`;
}

/** The most metrics in the head. */
const MOST_HEADLINES = 4;

/** The metrics that the head shows. */
function headlines(metrics: ReadonlyMap<string, ReportMetric>): NamedMetric[] {
  const known = HEADLINE_METRICS.filter((name) => metrics.has(name));
  const named = (name: string) => namedMetric(name, metrics.get(name));
  const directed = [...metrics.keys()].map(named).filter(({ direction, unit = "" }) =>
    direction !== undefined && direction !== "none" && !unitInfo(unit).isOfMachine
  );
  return (known.length > 0 ? known.map(named) : directed).slice(0, MOST_HEADLINES);
}

/** The head. */
export function summarySection(data: ReportData): Html {
  const { record } = data, status = statusText(data), metrics = allMetrics(data);
  const shown = headlines(metrics);
  return html`<header id="summary">
    <p class="kicker">Run ${record.id || MISSING}, ${momentText(record.started)}</p>
    <h1>${record.pipeline || "Unnamed run"} <span class="status ${
    STATUS[status] ?? "open"
  }">${status}</span></h1>
    ${summaryText(data)}
    ${
    shown.length > 0 && html`<dl class="tiles">${
      shown.map((metric) =>
        html`
          <div>
            <dt>${metric.name}${metric.split !== undefined && `, ${metric.split}`}</dt>
            <dd>${metricText(metric, metrics.get(metric.name)?.value)}</dd>
            <dd class="unit">${metric.unit !== undefined && unitText(metric)}</dd>
          </div>
        `
      )
    }</dl>`
  }
  </header>`;
}

const STATUS: Readonly<Record<string, string>> = {
  completed: "good",
  finished: "good",
  failed: "bad",
  crashed: "bad",
  [GATE_FAILED]: "bad",
};

/** The gates that the run fails, in a sentence; none when it meets them. */
export function gateText(data: ReportData): string[] {
  return statusText(data) === GATE_FAILED && data.record.reason !== null ? [data.record.reason] : [];
}

/** How a run ended, in a table: its status, or the gates that it fails. */
export function outcomeText(data: ReportData): string {
  return gateText(data)[0] ?? statusText(data);
}

/** Failed stages, warnings, and problems of reading the run folder. */
export function noticesSection(data: ReportData): Html | undefined {
  const failed = data.stages.filter(({ state }) => state === "failed" || state === "stopped");
  const { warnings, problems } = data, gates = gateText(data);
  if (failed.length + warnings.length + problems.length + gates.length === 0) return undefined;
  return html`
    <section id="notices" class="notices">
      <h2>Notices</h2>
      <ul>${gates.map((gate) => html`<li><strong>${gate}</strong></li>`)}${failed.map((
        { name, state, note },
      ) => html`<li><strong>${name} ${state}</strong>${note !== null && html`: ${note}`}</li>`)}${warnings
        .map(({ stage, message }) =>
          html`<li>${
            stage !== undefined && html`
              <strong>${stage}</strong>:
            `
          }${message}</li>`
        )}${problems.map((problem) => html`<li>${problem}</li>`)}</ul>
    </section>
  `;
}
