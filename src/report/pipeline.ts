/**
 * The configuration (stages with their options), the environment, and the command that reproduces the run.
 *
 * @module
 */
import { type Html, html } from "./html.ts";
import { momentText, numberText, secondsText } from "./numbers.ts";
import type { ReportData } from "./report_data.ts";
import { repeatCommand } from "./summary.ts";

/** The leaves of nested options: `model.latent` 2. */
export function optionLines(value: unknown, path = ""): [string, string][] {
  if (value === undefined) return [];
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    return [[path, JSON.stringify(value)]];
  }
  return Object.entries(value).flatMap(([key, inner]) =>
    optionLines(inner, path === "" ? key : `${path}.${key}`)
  );
}

const MARKS = {
  waiting: "not reached",
  running: "not finished",
  finished: "done",
  failed: "failed",
  stopped: "stopped",
} as const;

/** The stages with notes and options. */
export function pipelineSection(data: ReportData): Html | undefined {
  const { stages, record } = data;
  if (stages.length === 0) return undefined;
  return html`<section id="pipeline"><h2>Configuration</h2>
    ${
    record.overrides.length > 0 &&
    html`<p>Options set on the command line: <code>${record.overrides.join(" ")}</code></p>`
  }
    <ol class="stages">${
    stages.map(({ name, kind, state, seconds, note }) => {
      const options = optionLines(record.stages.find((stage) => stage.name === name)?.options);
      return html`<li><p><strong>${name}</strong>${
        kind !== name && html`
          (${kind})
        `
      } <span class="muted">${MARKS[state]}${seconds !== null && ` in ${secondsText(seconds)}`}</span></p>${
        note !== null && html`<p class="note">${note}</p>`
      }${
        options.length > 0 && html`
          <details>
            <summary>${options.length} options</summary>
            <dl class="options">${options.map(([path, value]) =>
              html`
                <div>
                  <dt>${path}</dt>
                  <dd>${value}</dd>
                </div>
              `
            )}</dl>
          </details>
        `
      }</li>`;
    })
  }</ol></section>`;
}

/** The machine, the versions, and the command. */
export function environmentSection(data: ReportData): Html {
  const { git } = data.record, command = repeatCommand(data.record);
  return html`<section id="environment"><h2>Reproduce</h2>
    ${
    command === undefined ? html`<p class="note">The command is unknown.</p>` : html`
      ${git !== null &&
        html`<p>With the code of commit <code>${git.commit.slice(0, 10)}</code>${
          git.dirty && " (which had uncommitted changes)"
        }:</p>`}<pre class="command"><code>${command}</code></pre><p
        class="note">The same seed, engine and number of threads give the same numbers, bit for bit.</p>
    `
  }
    <dl class="options">${
    environmentFacts(data).map(([name, value]) =>
      html`
        <div>
          <dt>${name}</dt>
          <dd>${value}</dd>
        </div>
      `
    )
  }</dl></section>`;
}

/** What a run depends on, by name. */
function environmentFacts({ record, engine, folder, seconds }: ReportData): [name: string, value: string][] {
  const { git, versions, host } = record;
  return [
    ["engine", engine],
    ["seed", record.seed === null ? "unknown" : String(record.seed)],
    [
      "code",
      git === null
        ? "not in a repository"
        : `commit ${git.commit}${git.dirty ? ", with uncommitted changes" : ""}`,
    ],
    ...Object.entries(versions).map(([name, version]): [string, string] => [name, version]),
    ...Object.entries(host).filter(([name]) => name !== "pid").map(([name, value]): [string, string] => [
      HOST[name] ?? name,
      typeof value === "number" ? numberText(value) : value,
    ]),
    ["started", momentText(record.started)],
    ["ended", momentText(record.ended)],
    ["took", secondsText(seconds)],
    ["folder", folder],
  ];
}

const HOST: Readonly<Record<string, string>> = {
  name: "machine",
  os: "system",
  arch: "processor",
  processors: "cores",
};
